import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectNotPresent, expectPresent } from '../support/expect.js'
import { makeFamily } from '../support/family.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('git annex want', () => {
  test('is noted once, listed, and forgotten when the content has come or is not wanted', () => {
    const { repo, key } = makeFamily(scratch, ['a'])
    const list = (...args: string[]) => repo.annex('want', '--list', '--json', ...args).stdout
    for (const _ of [1, 2]) repo.annex('want', 'f')
    expect(JSON.parse(list())).toMatchObject({
      command: 'want',
      file: 'f',
      key,
      whereis: [{ description: 'repository a [a]', here: false }],
    })
    expect(list('f')).toBe(list())
    expect(repo.tryAnnex('want', 'nope').status).toBe(1)
    repo.annex('drop', 'f')
    expect(list()).toBe('')
    expect(existsSync(repo.path('.git/annex/annexe/wanted'))).toBe(false)
    repo.annex('want', `--key=${key}`)
    expect(repo.annex('drop', '--auto').stdout).toBe('')
    expect(list()).not.toBe('')
    repo.annex('get', '-q', 'f')
    expect(list()).toBe('')
    expect(repo.annex('want', 'f').stdout).toBe('')
  })

  test('is fetched by get --auto, but not by a get that names something else', () => {
    const { repo, key, remotes } = makeFamily(scratch, ['a'])
    repo.annex('want', '-q', 'f')
    repo.git('rm', '-q', '--cached', 'f')
    repo.run(['rm', 'f'])
    expect(repo.tryAnnex('get', '--key', key.replace(/..$/, 'xx')).status).toBe(1)
    expectNotPresent(repo, key)
    expect(repo.annex('get', '--auto').stdout).toContain(`get ${key} (from a...) ok`)
    expectPresent(repo, key)
    expectPresent(remotes[0]!, key)
  })

  test('takes a refused drop back', () => {
    const { repo, remotes } = makeFamily(scratch, ['a'])
    repo.annex('get', '-q', 'f')
    expect(repo.tryAnnex('drop', '-N2', 'f').status).toBe(1)
    repo.annex('want', 'f')
    expect(repo.annex('drop', '--retry').stdout).toBe('')
    expect(remotes).toHaveLength(1)
  })
})
