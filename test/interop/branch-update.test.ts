import { describe, expect, test } from '@jest/globals'
import {
  A,
  B,
  journalFiles,
  nextName,
  ours,
  realLocations,
  realRepo,
  segments,
  show,
  subjects,
  twoClones,
} from '../support/branch-pair.js'
import { uuidOf } from '../support/locations.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('AnnexBranch.update()', () => {
  test('has nothing to do in a repository of its own', () => {
    expect(ours(realRepo(scratch), [['update']])).toEqual([[]])
  })

  test('moves forward when it has nothing of its own', () => {
    const { a, b, key } = twoClones(scratch)
    ours(a, [['setPresence', key, A, true], ['commit']])
    a.run(['git', 'fetch', '-q', b.dir, 'git-annex:refs/remotes/b/git-annex'])
    expect(ours(a, [['update'], ['update']])).toEqual([['b/git-annex'], []])
    b.git('fetch', '-q', a.dir, 'git-annex:refs/remotes/origin/git-annex')
    expect(ours(b, [['update']])).toEqual([['origin/git-annex']])
    expect(b.git('rev-parse', 'git-annex').stdout).toBe(a.git('rev-parse', 'git-annex').stdout)
  })

  test('merges what both have changed, as the real program does', () => {
    const { a, b, key } = twoClones(scratch)
    ours(a, [['setPresence', key, A, true], ['commit']])
    ours(b, [['setPresence', key, B, true], ['commit']])
    const c = scratch.clone(b, nextName())
    c.git('config', 'annex.version', '10')
    for (const repo of [b, c]) {
      repo.git('config', 'annex.uuid', uuidOf(b))
      repo.git('fetch', '-q', a.dir, '+git-annex:refs/remotes/a/git-annex')
    }
    c.git('branch', 'git-annex', 'origin/git-annex')
    ours(b, [['update']])
    c.realAnnex('merge')
    expect(subjects(b)[0]).toBe('merging a/git-annex into git-annex')
    expect(b.git('ls-tree', '-r', 'git-annex').stdout).toBe(
      c.git('ls-tree', '-r', 'git-annex').stdout,
    )
    expect(realLocations(b, key)).toEqual([A, B, uuidOf(a)].sort())
    // Both programs agree that this is merged.
    expect(ours(c, [['update']])).toEqual([[]])
    expect(b.realAnnex('merge').stdout).not.toContain('merging')
  })

  test('takes what is pending into the merge', () => {
    const { a, b, key } = twoClones(scratch)
    ours(a, [['setPresence', key, A, true], ['commit']])
    ours(b, [['setPresence', key, B, true]])
    b.realAnnex('setpresentkey', 'WORM-s1-m1--x', B, '1')
    b.git('fetch', '-q', 'origin')
    ours(b, [['update']])
    expect(realLocations(b, key)).toEqual([A, B, uuidOf(a)].sort())
    expect(realLocations(b, 'WORM-s1-m1--x')).toEqual([B])
    expect([...segments(b), ...journalFiles(b, 'journal')]).toEqual([])
  })

  test('refuses a repository that is tuned in another way', () => {
    const { a, b } = twoClones(scratch)
    const value = 'fromList [ObjectHashLower]'
    ours(a, [['edit', 'difference.log', { kind: 'uuid', uuid: A, value }], ['commit']])
    b.git('fetch', '-q', 'origin')
    const before = b.git('rev-parse', 'git-annex').stdout
    expect(() => ours(b, [['update']])).toThrow(/tuned in incompatible way/)
    expect(b.git('rev-parse', 'git-annex').stdout).toBe(before)
    expect(ours(b, [['update']], { differences: ['ObjectHashLower'] })[0]).toHaveLength(1)
  })

  test('refuses transitions that it does not know', () => {
    const { a, b } = twoClones(scratch)
    const blob = a.run(['git', 'hash-object', '-w', '--stdin'], { input: 'ForgetAll 5s\n' })
    a.run(['git', 'fast-import', '--quiet'], {
      input: `commit refs/heads/git-annex\ncommitter x <x@y> 1 +0000\ndata 1\nx\nfrom refs/heads/git-annex^0\nM 100644 ${blob.stdout.trim()} transitions.log\n`,
    })
    b.git('fetch', '-q', 'origin')
    expect(() => ours(b, [['update']])).toThrow(/unknown transitions/)
  })

  test('forgets with a clone that has forgotten, and the real program agrees', () => {
    const { a, b, key } = twoClones(scratch)
    ours(a, [
      ['setPresence', key, A, true],
      ['edit', 'uuid.log', { kind: 'uuid', uuid: A, value: 'dead one' }],
      ['edit', 'trust.log', { kind: 'uuid', uuid: A, value: 'X' }],
      ['commit'],
    ])
    b.git('fetch', '-q', 'origin')
    ours(b, [['update'], ['setPresence', key, B, true], ['commit']])
    const real = scratch.clone(b, nextName())
    real.git('branch', 'git-annex', 'origin/git-annex')
    real.git('config', 'annex.uuid', uuidOf(b))
    real.git('config', 'annex.version', '10')
    a.realAnnex('forget', '--force', '--drop-dead')
    for (const repo of [b, real]) {
      repo.git('fetch', '-q', a.dir, '+git-annex:refs/remotes/a/git-annex')
      if (repo === real) repo.realAnnex('merge')
      else ours(repo, [['update']])
      expect(subjects(repo)[0]).toMatch(
        /^continuing transition \["forget git history","forget dead/,
      )
      expect(show(repo, 'uuid.log')).not.toContain(A)
      expect(repo.git('log', '--format=%P', '-1', 'git-annex').stdout).toBe(
        a.git('rev-parse', 'git-annex').stdout,
      )
    }
    expect(b.git('ls-tree', '-r', 'git-annex').stdout).toBe(
      real.git('ls-tree', '-r', 'git-annex').stdout,
    )
    expect(realLocations(b, key)).toEqual([B, uuidOf(a)].sort())
    expect(ours(b, [['update']])).toEqual([[]])
  })
})
