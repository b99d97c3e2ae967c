import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readIndexEntries, readIndexFile } from '../../../src/git/index-file.js'
import { refreshIndex } from '../../../src/git/index-refresh.js'
import {
  ageIndex,
  expectGitSees,
  expectSettled,
  NAMES,
  open,
  pointerRepo,
  putContent,
  timesAsked,
} from '../../support/pointer-index.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

const KINDS: Record<string, (repo: ScratchRepo) => void> = {
  'version 2': () => undefined,
  'version 3 with intent-to-add': (repo) => {
    repo.write('new', 'x')
    repo.git('add', '-N', 'new')
    repo.git('config', 'status.showUntrackedFiles', 'no')
    repo.run(['rm', repo.path('new')])
    repo.git('update-index', '--assume-unchanged', 'new')
  },
  'version 4': (repo) => repo.git('update-index', '--index-version', '4'),
  'skip-worktree flags': (repo) => {
    repo.write('absent', 'x')
    repo.git('add', 'absent')
    repo.git('commit', '-qm', 'y')
    repo.git('update-index', '--skip-worktree', 'absent')
    repo.run(['rm', repo.path('absent')])
  },
  'an untracked cache': (repo) => {
    repo.git('update-index', '--untracked-cache')
    repo.git('status')
  },
}

describe('refreshIndex()', () => {
  test.each(Object.entries(KINDS))('settles an index with %s', (name, prepare) => {
    const repo = pointerRepo(scratch, name.replaceAll(' ', '-'))
    prepare(repo)
    ageIndex(repo, 50)
    const before = readIndexFile(open(repo))
    const refreshes = putContent(repo)
    expect(repo.git('status', '--porcelain', '-uno').stdout).not.toBe('')
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    const after = readIndexFile(open(repo))
    expect({ ...after, entries: [] }).toEqual({ ...before, entries: [] })
    expectGitSees(repo, refreshes)
    expectSettled(repo)
  })

  test('leaves the checksum out where it is left out', () => {
    const repo = pointerRepo(scratch, 'skiphash')
    const file = readFileSync(repo.path('.git/index'))
    writeFileSync(repo.path('.git/index'), file.fill(0, file.length - 20))
    ageIndex(repo, 50)
    refreshIndex(open(repo), putContent(repo))
    expect(readIndexFile(open(repo)).hasChecksum).toBe(false)
    timesAsked(repo)
    // Git before 2.40 reads such an index, but its fsck calls it corrupt.
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe('')
    expect(timesAsked(repo)).toBe(0)
  })

  test('settles a SHA-256 index', () => {
    const repo = pointerRepo(scratch, 'sha256', '--object-format=sha256')
    ageIndex(repo, 50)
    expect(refreshIndex(open(repo), putContent(repo))).toBe('done')
    expectSettled(repo)
  })

  test('settles a split index and leaves it split, without reading a file', () => {
    const repo = pointerRepo(scratch, 'split')
    repo.git('config', 'core.splitIndex', 'true')
    repo.git('update-index', '--split-index')
    ageIndex(repo, 50)
    const refreshes = putContent(repo)
    timesAsked(repo)
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expect(timesAsked(repo)).toBe(0)
    expect(() => readIndexFile(open(repo))).toThrow('needs the extension "link"')
    expectGitSees(repo, refreshes)
    expectSettled(repo)
  })

  test('settles a sparse index and leaves it sparse', () => {
    const repo = pointerRepo(scratch, 'sparse')
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'unrelated')
    expect(readIndexFile(open(repo)).entries.map((e) => e.path)).toEqual(['a', 'dir/', 'e'])
    ageIndex(repo, 50)
    expect(refreshIndex(open(repo), putContent(repo, ['a', 'e']))).toBe('done')
    expect(readIndexFile(open(repo)).isSparse).toBe(true)
    expectSettled(repo)
  })

  test('settles an index with a file system monitor', () => {
    const repo = pointerRepo(scratch, 'fsmonitor')
    // Says that everything may have changed, the first time; later that nothing has but what we say.
    const hook =
      '#!/bin/sh\nprintf "token\\0"\ncat "$(git rev-parse --git-dir)/changed" 2>/dev/null\n'
    repo.write('.git/monitor', hook)
    chmodSync(repo.path('.git/monitor'), 0o755)
    repo.git('config', 'core.fsmonitor', repo.path('.git/monitor'))
    repo.git('config', 'core.fsmonitorHookVersion', '2')
    repo.git('update-index', '--fsmonitor')
    repo.git('status')
    ageIndex(repo, 50)
    expect(readIndexFile(open(repo)).extensions.map((e) => e.signature)).toContain('FSMN')
    const refreshes = putContent(repo)
    repo.write('.git/changed', NAMES.map((name) => `${name}\0`).join(''))
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    expectGitSees(repo, refreshes)
    expectSettled(repo)
    repo.write('a', 'changed afterwards')
    expect(repo.git('status', '--porcelain', '-uno').stdout).toBe(' M a\n')
  })

  test('settles thousands of entries at once', () => {
    const repo = pointerRepo(scratch, 'many')
    const oid = readIndexEntries(open(repo))[0]!.oid
    const lines = Array.from({ length: 30_000 }, (_, i) => `100644 ${oid}\tmany/f${i}`)
    repo.run(['git', 'update-index', '--index-info'], { input: `${lines.join('\n')}\n` })
    const { stat } = putContent(repo, ['a'])[0]!
    const refreshes = lines.map((_, i) => ({ path: `many/f${i}`, oid, stat }))
    const start = performance.now()
    expect(refreshIndex(open(repo), refreshes)).toBe('done')
    // 80 ms on the machine this was written on.
    expect(performance.now() - start).toBeLessThan(30_000)
    const content = readFileSync(repo.path('.git/index'))
    const sum = createHash('sha1').update(content.subarray(0, -20)).digest()
    expect(content.subarray(-20).equals(sum)).toBe(true)
    expect(repo.git('ls-files', '--debug', 'many/f29999').stdout).toContain(`size: ${stat.size}\t`)
  })
})
