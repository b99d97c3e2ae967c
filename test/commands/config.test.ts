import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex config', () => {
  test('records a value that git-annex reads', () => {
    const { stdout } = repo.annex('config', '--set', 'annex.largefiles', 'largerthan=1kb')
    expect(stdout).toBe('annex.largefiles largerthan=1kb ok\n(recording state in git...)\n')
    const { stdout: shown } = expectLikeGitAnnex(repo, ['config', '--get', 'annex.largefiles'])
    expect(shown).toBe('largerthan=1kb\n')
  })

  test('removes a value', () => {
    expect(repo.annex('config', '--unset', 'annex.largefiles').stdout).toBe(
      'annex.largefiles unset ok\n(recording state in git...)\n',
    )
    expect(expectLikeGitAnnex(repo, ['config', '--get', 'annex.largefiles']).stdout).toBe('')
  })

  test('refuses names that nobody would read', () => {
    for (const args of [
      ['--get', 'foo'],
      ['--set', 'foo', 'bar'],
      ['--unset', 'foo'],
    ])
      expect(repo.tryAnnex('config', ...args)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^git-annex: foo is not a configuration setting that can be/),
      })
  })

  test.each([[[]], [['annex.largefiles']], [['--set', 'annex.largefiles']]])(
    'refuses %j',
    (args) => {
      expect(repo.tryAnnex('config', ...args).status).toBe(1)
    },
  )
})
