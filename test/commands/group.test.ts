import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex group', () => {
  test('adds to the groups, which are shown in order', () => {
    expect(expectLikeGitAnnex(repo, ['group', 'here']).stdout).toBe('\n')
    expect(repo.annex('group', 'here', 'client').stdout).toBe(
      'group here ok\n(recording state in git...)\n',
    )
    repo.annex('group', 'here', 'archive')
    expect(expectLikeGitAnnex(repo, ['group', 'here']).stdout).toBe('archive client\n')
  })

  test('keeps groups that git-annex recorded', () => {
    repo.realAnnex('group', 'here', 'backup')
    repo.annex('group', 'here', 'archive')
    expect(expectLikeGitAnnex(repo, ['group', 'here']).stdout).toBe('archive backup client\n')
  })

  test.each([[[]], [['here', 'a', 'b']]])('refuses the words %j', (words) => {
    expect(expectLikeGitAnnex(repo, ['group', ...words]).status).toBe(1)
  })
})
