/** annex.securehashesonly: no way leads content of a key that could be forged into the annex. */
import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, listObjects } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'
import { allowLoopback, useWebServer } from '../support/web-server.js'

const scratch = useScratch()
const server = useWebServer(scratch)

/** Has a file with an MD5 key; the setting comes afterwards. */
const origin = scratch.repo('origin')
origin.annex('init')
origin.write('weak', 'weak content')
origin.annex('add', '--backend=MD5', 'weak')
origin.git('commit', '-qm', 'weak')
const key = origin.annex('lookupkey', 'weak').stdout.trim()

let count = 0
function secureClone(): ScratchRepo {
  const repo = scratch.clone(origin, `clone${count++}`)
  repo.annex('init')
  repo.git('config', 'annex.securehashesonly', 'true')
  repo.git('config', 'annex.largefiles', 'anything')
  return repo
}

describe('with annex.securehashesonly', () => {
  test.each([
    [['annex', 'get', 'weak']],
    [['annex', 'copy', '--from=origin', 'weak']],
    [['annex', 'setkey', key, 'same']],
    [['annex', 'reinject', 'same', 'weak']],
    [['annex', 'reinject', '--known', '--backend=MD5', 'same']],
    [['annex', 'add', '--backend=SHA1', 'same']],
    [['annex', 'add', '--backend=WORM', 'same']],
    [['-c', 'annex.backend=MD5', 'add', 'same']],
    [['-c', 'annex.backend=MD5', 'annex', 'add', 'same']],
  ])('git %j is refused', (args) => {
    const repo = secureClone()
    repo.write('same', 'weak content')
    const { status, stderr } = repo.tryGit(...args)
    expect(stderr).toMatch(/annex\.securehashesonly (blocked adding|forbids keys of)/)
    expect(status).not.toBe(0)
    expect([...listObjects(repo).keys()]).toEqual([])
    expect(existsSync(repo.path('same'))).toBe(true)
  })

  test('git annex addurl --backend is refused', () => {
    const repo = secureClone()
    allowLoopback(repo)
    server.put('f', 'content')
    const url = server.url('/file/f')
    expect(repo.tryAnnex('addurl', '--backend=MD5', url).stderr).toContain('annex.securehashesonly')
    expect([...listObjects(repo).keys()]).toEqual([])
    expectClean(repo)
    repo.annex('addurl', '--fast', '--file=url', url)
    expect(repo.tryAnnex('get', 'url').stderr).toContain('blocked adding URL key')
    repo.annex('addurl', '--file=good', url)
    expect(listObjects(repo).size).toBe(1)
  })

  test('content is not sent to a repository that has the setting', () => {
    const repo = secureClone()
    origin.git('remote', 'add', 'secure', repo.dir)
    expect(origin.tryAnnex('copy', '--to=secure', 'weak').stderr).toContain(
      'blocked adding MD5 key',
    )
    expect([...listObjects(repo).keys()]).toEqual([])
  })

  test('secure keys are taken as ever', () => {
    const repo = secureClone()
    repo.write('f', 'content')
    repo.git('add', 'f')
    repo.write('g', 'other content')
    repo.annex('add', '--backend=BLAKE2B256E', 'g')
    expect(listObjects(repo).size).toBe(2)
  })
})
