import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex mincopies', () => {
  test('says that nothing is set', () => {
    expect(expectLikeGitAnnex(repo, ['mincopies']).stdout).toBe('global mincopies is not set\n')
  })

  test('records a number that git-annex reads', () => {
    const { stdout } = repo.annex('mincopies', '3')
    expect(stdout).toBe('mincopies 3 ok\n(recording state in git...)\n')
    expect(expectLikeGitAnnex(repo, ['mincopies']).stdout).toBe('3\n')
  })

  test('reads a number that git-annex recorded', () => {
    repo.realAnnex('mincopies', '2')
    expect(expectLikeGitAnnex(repo, ['mincopies']).stdout).toBe('2\n')
  })

  test.each([[['0']], [['x']], [['1', '2']], [['--', '-1']]])('refuses %j', (words) => {
    expect(expectLikeGitAnnex(repo, ['mincopies', ...words]).status).toBe(1)
  })
})
