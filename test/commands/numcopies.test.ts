import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex numcopies', () => {
  test('says that nothing is set', () => {
    expect(expectLikeGitAnnex(repo, ['numcopies']).stdout).toBe(
      'global numcopies is not set\n(default is 1)\n',
    )
  })

  test('records a number that git-annex reads', () => {
    const { stdout } = repo.annex('numcopies', '3')
    expect(stdout).toBe('numcopies 3 ok\n(recording state in git...)\n')
    expect(expectLikeGitAnnex(repo, ['numcopies']).stdout).toBe('3\n')
  })

  test('reads a number that git-annex recorded', () => {
    repo.realAnnex('numcopies', '2')
    expect(expectLikeGitAnnex(repo, ['numcopies']).stdout).toBe('2\n')
  })

  test.each([[['0']], [['x']], [['1', '2']], [['--', '-1']]])('refuses %j', (words) => {
    expect(expectLikeGitAnnex(repo, ['numcopies', ...words]).status).toBe(1)
  })
})
