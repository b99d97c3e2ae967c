import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'repo')
const uuid = repo.git('config', 'annex.uuid').stdout.trim()

describe('git annex dead', () => {
  test('hides a repository', () => {
    repo.annex('dead', 'here')
    expect(expectLikeGitAnnex(repo, ['info', '--fast', '--json', 'here']).status).toBe(0)
    expect(repo.annex('info', '--fast').stdout).not.toContain(uuid)
    expect(repo.realAnnex('info', '--fast').stdout).not.toContain(uuid)
    repo.realAnnex('semitrust', 'here')
  })

  test('--key refuses a content that somebody has', () => {
    const key = repo.annex('lookupkey', 'file').stdout.trim()
    expect(expectLikeGitAnnex(repo, ['dead', '--key', key]).status).toBe(1)
  })

  test('--key hides a content that nobody has', () => {
    const key = repo.annex('lookupkey', 'file').stdout.trim()
    repo.realAnnex('drop', '--force', 'file')
    repo.annex('dead', '--key', key)
    expect(expectLikeGitAnnex(repo, ['whereis', '--all']).stdout).toBe('')
  })

  test('asks for a name', () => {
    expect(expectLikeGitAnnex(repo, ['dead']).status).toBe(1)
  })
})
