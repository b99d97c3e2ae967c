import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerClone } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerClone(scratch)

describe('git annex list', () => {
  test.each([[[]], [['--allrepos']], [['sub', 'here.txt']], [['--in=here']], [['plain.txt']]])(
    '%j answers as git-annex does',
    (args) => {
      expectLikeGitAnnex(repo, ['list', ...args])
    },
  )

  test('marks untrusted repositories, and those that are no remotes with --allrepos', () => {
    repo.realAnnex('untrust', 'origin')
    expectLikeGitAnnex(repo, ['list'])
    repo.git('remote', 'remove', 'origin')
    expectLikeGitAnnex(repo, ['list'])
    expectLikeGitAnnex(repo, ['list', '--allrepos'])
  })

  test('fails for a path that git does not know', () => {
    expect(expectLikeGitAnnex(repo, ['list', 'nope']).status).toBe(1)
  })
})
