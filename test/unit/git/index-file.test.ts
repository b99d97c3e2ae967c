import { existsSync, utimesSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readIndexEntries, readIndexFile } from '../../../src/git/index-file.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const open = (repo: ScratchRepo) => openRepositoryAt(repo.dir)!

function makeRepo(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  for (const path of ['a', 'b', 'd/e', 'd/f', 'tab\there']) repo.write(path, path)
  repo.git('add', '.')
  repo.git('commit', '-qm', 'x')
  repo.git('update-index', '--assume-unchanged', 'a')
  repo.git('update-index', '--skip-worktree', 'b')
  return repo
}

const summary = (repo: ScratchRepo) =>
  readIndexEntries(open(repo)).map(({ path, mode, oid, stage, assumeValid, skipWorktree }) =>
    [path, mode.toString(8), oid, stage, assumeValid, skipWorktree].join(' '),
  )

describe('readIndexEntries()', () => {
  test('lists the same entries of a split index as of a whole one', () => {
    const repo = makeRepo('split')
    const whole = summary(repo)
    repo.git('update-index', '--split-index')
    expect(() => readIndexFile(open(repo))).toThrow('needs the extension "link"')
    expect(summary(repo)).toEqual(whole)
    expect(whole[0]).toMatch(/^a 100644 [0-9a-f]{40} 0 true false$/)
    expect(whole[1]).toMatch(/^b 100644 [0-9a-f]{40} 0 false true$/)
    expect(readIndexEntries(open(repo))[0]!.stat).toBeUndefined()
  })

  test('gives entries that are in use to others, too, until the index is another one', async () => {
    const repo = makeRepo('shared')
    await new Promise((resolve) => setTimeout(resolve, 60))
    const entries = readIndexEntries(open(repo))
    expect(readIndexEntries(open(repo))).toBe(entries)
    repo.git('update-index', '--no-assume-unchanged', 'a')
    const changed = readIndexEntries(open(repo))
    expect([entries[0]!.assumeValid, changed[0]!.assumeValid]).toEqual([true, false])
    expect(changed).toHaveLength(entries.length)
  })

  test('lists the files inside the directories of a sparse index', () => {
    const repo = makeRepo('sparse')
    repo.write('x/y', 'y')
    repo.git('add', '--sparse', 'x')
    repo.git('commit', '-qm', 'y')
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'x')
    expect(readIndexFile(open(repo)).entries.map((e) => e.path)).toContain('d/')
    const entries = readIndexEntries(open(repo))
    expect(entries.map((e) => e.path)).toEqual(['a', 'b', 'd/e', 'd/f', 'tab\there', 'x/y'])
    expect(entries[2]!.skipWorktree).toBe(true)
  })

  test('knows the entries that are not older than the index', () => {
    const repo = makeRepo('racy')
    const time = 1_700_000_000
    utimesSync(repo.path('a'), time, time)
    utimesSync(repo.path('d/e'), time - 1, time - 1)
    repo.git('update-index', '--no-assume-unchanged', 'a')
    repo.git('update-index', '--refresh')
    utimesSync(repo.path('.git/index'), time, time)
    const racy = new Map(readIndexEntries(open(repo)).map((e) => [e.path, e.isRacy]))
    expect([racy.get('a'), racy.get('d/e')]).toEqual([true, false])
  })

  test('finds nothing where there is no index', () => {
    const repo = scratch.repo('empty')
    expect(existsSync(repo.path('.git/index'))).toBe(false)
    expect(readIndexEntries(open(repo))).toEqual([])
  })

  test('lets git say what is wrong with a broken index', () => {
    const repo = makeRepo('broken')
    repo.write('.git/index', 'no index at all, but long enough')
    expect(() => readIndexEntries(open(repo))).toThrow(/bad signature/)
  })

  test('reads the index that git uses now, also with our own fallback', () => {
    const repo = makeRepo('other')
    repo.run(['cp', '.git/index', '.git/other-index'])
    repo.git('rm', '-q', '--cached', 'a')
    const repository = { ...open(repo), indexFile: repo.path('.git/other-index') }
    expect(readIndexEntries(repository).map((e) => e.path)).toContain('a')
    repo.run(['git', 'update-index', '--split-index'], {
      env: { GIT_INDEX_FILE: repo.path('.git/other-index') },
    })
    expect(readIndexEntries(repository).map((e) => e.path)).toContain('a')
  })
})
