import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')
makePeerAnnex(scratch, 'other')
repo.git('remote', 'add', 'other', scratch.path('other'))
repo.realAnnex('sync', '-q', '--allow-unrelated-histories', '--no-commit', 'other')

describe('git annex trust', () => {
  test('refuses without --force and records nothing', () => {
    const { status, stderr } = repo.tryAnnex('trust', 'other')
    expect(status).toBe(1)
    expect(stderr).toMatch(/data loss.*--force.*trust: 1 failed/s)
    expect(repo.realAnnex('info', 'other').stdout).toContain('trust: semitrusted\n')
  })

  test('records the level of several repositories as git-annex reads it', () => {
    const { stdout } = repo.annex('trust', 'other', 'here', '--force')
    expect(stdout).toBe('trust other ok\ntrust here ok\n(recording state in git...)\n')
    for (const name of ['other', 'here']) {
      expect(repo.realAnnex('info', name).stdout).toContain('trust: trusted\n')
      expect(repo.annex('info', name).stdout).toContain('trust: trusted\n')
    }
  })

  test('asks for a name, and knows only known ones', () => {
    expect(expectLikeGitAnnex(repo, ['trust']).status).toBe(1)
    expect(repo.tryAnnex('trust', 'nowhere')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no available git remote named "nowhere"'),
    })
  })
})
