import { describe, test } from '@jest/globals'
import { expectLikeGitAnnex, makePeerAnnex } from '../support/oracle.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

describe('git annex readpresentkey', () => {
  test('answers by its exit status alone, as git-annex does', () => {
    const repo = makePeerAnnex(scratch, 'r')
    const key = repo.realAnnex('lookupkey', 'file').stdout.trim()
    const uuid = repo.git('config', 'annex.uuid').stdout.trim()
    const lines = [[key, uuid], [key, 'somebody'], ['nokey', uuid], [key], [key, uuid, uuid]]
    for (const words of lines) expectLikeGitAnnex(repo, ['readpresentkey', ...words])
  })
})
