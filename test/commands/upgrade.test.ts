import { expect, test } from '@jest/globals'
import { expectClean } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex upgrade brings the configuration up to date and keeps the rest', () => {
  const repo = scratch.repo('old')
  repo.realAnnex('init', 'made by git-annex')
  repo.write('film', 'content\n')
  repo.realAnnex('add', '-q', 'film')
  repo.realGit('commit', '-q', '-m', 'film')
  const uuid = repo.git('config', 'annex.uuid').stdout
  expect(repo.annex('upgrade').stdout).toBe('upgrade ok\n')
  expect(repo.git('config', 'annex.uuid').stdout).toBe(uuid)
  expect(repo.git('config', 'annex.version').stdout).toBe('10\n')
  expect(repo.git('config', 'filter.annex.required').stdout).toBe('true\n')
  expect(repo.annex('whereis', 'film').stdout).toContain('made by git-annex')
  expectClean(repo)
  expect(repo.realAnnex('fsck', '-q').status).toBe(0)
})

test('git annex upgrade refuses a version it does not know', () => {
  const repo = scratch.repo('future')
  repo.annex('init')
  repo.git('config', 'annex.version', '99')
  const { status, stderr } = repo.tryAnnex('upgrade')
  expect(status).toBe(1)
  expect(stderr).toContain('Repository version 99 is not supported')
})
