import { describe, expect, test } from '@jest/globals'
import { A, ours, realLocations, subjects, twoClones } from '../support/branch-pair.js'
import { uuidOf } from '../support/locations.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('AnnexBranch.forget()', () => {
  test('rewrites the branch so that the real program carries on with it', () => {
    const { a, b, key } = twoClones(scratch)
    ours(b, [
      ['setPresence', key, A, true],
      ['edit', 'trust.log', { kind: 'uuid', uuid: A, value: 'X' }],
    ])
    ours(b, [['forget', ['ForgetGitHistory', 'ForgetDeadRemotes']]])
    expect(subjects(b)).toEqual([
      'new branch for transition ["forget git history","forget dead remotes"]',
    ])
    expect(realLocations(b, key)).toEqual([uuidOf(a)])
    a.git('fetch', '-q', b.dir, '+git-annex:refs/remotes/b/git-annex')
    a.realAnnex('merge')
    expect(subjects(a)[0]).toMatch(/^continuing transition/)
    b.git('fetch', '-q', a.dir, '+git-annex:refs/remotes/origin/git-annex')
    ours(b, [['update']])
    expect(b.realAnnex('merge').stdout).not.toContain('merging')
    expect(b.git('ls-tree', '-r', 'git-annex').stdout).toBe(
      a.git('ls-tree', '-r', 'git-annex').stdout,
    )
    expect(b.git('for-each-ref', 'refs/annexe').stdout).toBe('')
  })
})
