import { describe, expect, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()
const repo = makePeerAnnex(scratch, 'r')
const key = repo.realAnnex('lookupkey', 'file').stdout.trim()
const [here, there] = [
  repo.git('config', 'annex.uuid').stdout.trim(),
  '11111111-2222-3333-4444-555555555555',
]

describe('git annex setpresentkey', () => {
  test('records what readpresentkey then tells, as git-annex does', () => {
    expect(repo.tryAnnex('readpresentkey', key, here).status).toBe(0)
    for (const args of [
      ['setpresentkey', key, there, '1'],
      ['setpresentkey', key, there, '0'],
      ['setpresentkey', key, here, '2'],
      ['setpresentkey', 'nokey', here, '1'],
      ['setpresentkey', key],
    ])
      expectLikeGitAnnex(repo, args)
    expect(repo.tryAnnex('readpresentkey', key, there).status).toBe(1)
    // Each program leaves it to the other to read its journal.
    repo.annex('setpresentkey', key, there, '1')
    expect(repo.tryRealAnnex('readpresentkey', key, there).status).toBe(0)
  })

  test('takes a batch', () => {
    const input = `${key} ${there} 0\n${key} ${here} 1\n`
    expectLikeGitAnnex(repo, ['setpresentkey', '--batch'], { input })
    expectLikeGitAnnex(repo, ['setpresentkey', '--batch'], { input: 'foo\n' })
    expect(repo.tryAnnex('readpresentkey', key, there).status).toBe(1)
  })
})
