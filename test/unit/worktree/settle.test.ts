import { lstatSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { refreshIndex } from '../../../src/git/index-refresh.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { settleFiles } from '../../../src/worktree/settle.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const CONTENT = 'some content\n'
let count = 0

/** A repository in which two files are as young as the index. */
function makeYoung(): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  for (const path of ['a', 'b']) repo.write(path, CONTENT)
  repo.git('add', '.')
  // Otherwise the clock might have begun another second in between.
  const { atime, mtime: young } = lstatSync(repo.path('a'))
  utimesSync(repo.path('.git/index'), atime, young)
  return repo
}

const settle = (repo: ScratchRepo, ...paths: string[]) =>
  settleFiles(
    openRepositoryAt(repo.dir)!,
    new Map(paths.map((path) => [path, BigInt(CONTENT.length)])),
  )
const mtime = (repo: ScratchRepo, path: string) => lstatSync(repo.path(path)).mtimeMs
const SECOND_MS = 1000

describe('settleFiles()', () => {
  test('dates young files back, and git finds them unmodified', () => {
    const repo = makeYoung()
    const before = mtime(repo, 'a')
    const settled = settle(repo, 'a')
    expect(settled.map(({ path }) => path)).toEqual(['a'])
    expect(mtime(repo, 'a')).toBeLessThan(before - SECOND_MS)
    refreshIndex(openRepositoryAt(repo.dir)!, settled)
    expect(repo.git('diff-files').stdout).toBe('')
  })

  test('leaves files alone that git was not answered', () => {
    const repo = makeYoung()
    const before = mtime(repo, 'b')
    settle(repo, 'a')
    expect(mtime(repo, 'b')).toBe(before)
  })

  test('never has the index trust what has changed since git wrote it', () => {
    const repo = makeYoung()
    writeFileSync(repo.path('a'), CONTENT.toUpperCase())
    writeFileSync(repo.path('b'), 'of another length')
    const before = mtime(repo, 'b')
    expect(settle(repo, 'a', 'b', 'missing')).toEqual([])
    expect(mtime(repo, 'b')).toBe(before)
    expect(repo.git('status', '--porcelain').stdout).toBe('AM a\nAM b\n')
  })

  test('does nothing while somebody has the index, or for thousands of files', () => {
    const repo = makeYoung()
    const before = mtime(repo, 'a')
    repo.write('.git/index.lock', '')
    expect(settle(repo, 'a')).toEqual([])
    repo.run(['rm', '.git/index.lock'])
    expect(settle(repo, 'a', ...Array.from({ length: 1000 }, (_, i) => `${i}`))).toEqual([])
    expect(mtime(repo, 'a')).toBe(before)
  })
})
