import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex ungroup', () => {
  test('takes a repository out of one group', () => {
    repo.realAnnex('group', 'here', 'client')
    repo.realAnnex('group', 'here', 'archive')
    expect(repo.annex('ungroup', 'here', 'client').stdout).toBe(
      'ungroup here ok\n(recording state in git...)\n',
    )
    expect(expectLikeGitAnnex(repo, ['group', 'here']).stdout).toBe('archive\n')
  })

  test('does nothing for a group it is not in', () => {
    expect(repo.annex('ungroup', 'here', 'nope').status).toBe(0)
    expect(repo.annex('group', 'here').stdout).toBe('archive\n')
  })

  test.each([[[]], [['here']]])('refuses the words %j', (words) => {
    expect(expectLikeGitAnnex(repo, ['ungroup', ...words]).status).toBe(1)
  })
})
