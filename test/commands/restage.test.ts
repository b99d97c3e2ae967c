import { existsSync, statSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
let count = 0

/** A clone where the content was put in place while the index was locked. */
function makePending(program: 'ours' | 'real'): ScratchRepo {
  const origin = scratch.repo(`origin${count}`)
  origin.annex('init')
  origin.write('f', 'content that is longer than its pointer would be'.repeat(4))
  origin.annex('add', 'f')
  origin.git('commit', '-qm', 'f')
  const clone = scratch.clone(origin, `clone${count++}`)
  clone.annex('init')
  clone.write('.git/index.lock', '')
  clone.run(['git', 'annex', 'get', 'f'], { program })
  expect(existsSync(clone.path('.git/annex/restage.log'))).toBe(true)
  return clone
}

describe('git annex restage', () => {
  test.each(['ours', 'real'] as const)('finishes what %s noted', (program) => {
    const repo = makePending(program)
    const locked = repo.tryAnnex('restage')
    expect(locked.status).toBe(1)
    expect(locked.stderr).toContain('The index is locked')
    expect(locked.stderr).toContain('.git/index.lock')
    repo.run(['rm', '.git/index.lock'])
    expect(repo.git('status', '--porcelain').stdout).toBe(' M f\n')
    expect(repo.annex('restage').stdout).toBe('restage ok\n')
    expectClean(repo)
    expect(existsSync(repo.path('.git/annex/restage.log'))).toBe(false)
  })

  test('has nothing to do where nothing was noted', () => {
    const repo = scratch.repo('plain')
    repo.annex('init')
    repo.write('f', 'f')
    repo.git('add', 'f')
    const before = statSync(repo.path('.git/index'), { bigint: true }).mtimeNs
    expect(JSON.parse(repo.annex('restage', '--json').stdout)).toMatchObject({ success: true })
    expect(statSync(repo.path('.git/index'), { bigint: true }).mtimeNs).toBe(before)
  })
})
