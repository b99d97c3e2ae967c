import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')

describe('git annex groupwanted', () => {
  test('records an expression that git-annex reads', () => {
    expect(expectLikeGitAnnex(repo, ['groupwanted', 'client']).stdout).toBe('\n')
    repo.annex('groupwanted', 'client', 'include=*.mp3')
    expect(expectLikeGitAnnex(repo, ['groupwanted', 'client']).stdout).toBe('include=*.mp3\n')
    expect(expectLikeGitAnnex(repo, ['groupwanted', 'other']).stdout).toBe('\n')
  })

  test('refuses an expression that does not parse', () => {
    expect(expectLikeGitAnnex(repo, ['groupwanted', 'client', 'bad']).status).toBe(1)
  })
})
