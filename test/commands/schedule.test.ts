import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'r')

describe('git annex schedule', () => {
  test.each([
    'fsck self 30m every day at any time',
    'fsck self 90m on day 3 of every week at 2 PM',
    'fsck self 1h days divisible by 2 at 14:05; fsck 11111111-2222-3333-4444-555555555555 1d years divisible by 2 at 0',
    'fsck self 1h on day 1 of months divisible by 3 at 12:30 am',
  ])('records %j as git-annex does', (jobs) => {
    repo.annex('schedule', 'here', jobs)
    const ours = expectLikeGitAnnex(repo, ['schedule', 'here']).stdout
    repo.realAnnex('schedule', 'here', jobs)
    expect(repo.realAnnex('schedule', 'here').stdout).toBe(ours)
  })

  test.each([
    'foo',
    'fsck self 1h on day 1 of weeks at 3 PM',
    'fsck self 1h every day at noon',
    'fsck self soon every day at any time',
  ])('refuses %j in the words of git-annex', (jobs) => {
    expect(expectLikeGitAnnex(repo, ['schedule', 'here', jobs]).status).toBe(1)
  })

  test('shows nothing where nothing is scheduled, and forgets', () => {
    repo.annex('schedule', 'here', '')
    expectLikeGitAnnex(repo, ['schedule', 'here'])
    expectLikeGitAnnex(repo, ['schedule', 'web'])
  })
})
