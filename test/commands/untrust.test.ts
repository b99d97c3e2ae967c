import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')
makePeerAnnex(scratch, 'other')
repo.git('remote', 'add', 'other', scratch.path('other'))
repo.realAnnex('sync', '-q', '--allow-unrelated-histories', '--no-commit', 'other')

describe('git annex untrust', () => {
  test('records the level of several repositories as git-annex reads it', () => {
    const { stdout } = repo.annex('untrust', 'other', 'here')
    expect(stdout).toBe('untrust other ok\nuntrust here ok\n(recording state in git...)\n')
    for (const name of ['other', 'here']) {
      expect(repo.realAnnex('info', name).stdout).toContain('trust: untrusted\n')
      expect(repo.annex('info', name).stdout).toContain('trust: untrusted\n')
    }
  })

  test('asks for a name, and knows only known ones', () => {
    expect(expectLikeGitAnnex(repo, ['untrust']).status).toBe(1)
    expect(repo.tryAnnex('untrust', 'nowhere')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no available git remote named "nowhere"'),
    })
  })
})
