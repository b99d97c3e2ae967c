import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')
makePeerAnnex(scratch, 'other')
repo.git('remote', 'add', 'other', scratch.path('other'))
repo.realAnnex('sync', '-q', '--allow-unrelated-histories', '--no-commit', 'other')
repo.realAnnex('untrust', 'other', 'here')
describe('git annex semitrust', () => {
  test('records the level of several repositories as git-annex reads it', () => {
    const { stdout } = repo.annex('semitrust', 'other', 'here')
    expect(stdout).toBe('semitrust other ok\nsemitrust here ok\n(recording state in git...)\n')
    for (const name of ['other', 'here']) {
      expect(repo.realAnnex('info', name).stdout).toContain('trust: semitrusted\n')
      expect(repo.annex('info', name).stdout).toContain('trust: semitrusted\n')
    }
  })

  test('asks for a name, and knows only known ones', () => {
    expect(expectLikeGitAnnex(repo, ['semitrust']).status).toBe(1)
    expect(repo.tryAnnex('semitrust', 'nowhere')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no available git remote named "nowhere"'),
    })
  })
})
