import { lstatSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectContent, expectPresent } from '../support/expect.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test.each([
  ['unlocked', 'true'],
  ['locked', 'false'],
])('git annex unannex makes an ordinary file of an %s one', (name, addUnlocked) => {
  const repo = scratch.repo(name)
  repo.git('config', 'annex.addunlocked', addUnlocked)
  repo.annex('init')
  repo.write('film', 'content\n')
  repo.annex('add', 'film')
  repo.git('commit', '-q', '-m', 'film')
  const key = repo.annex('lookupkey', 'film').stdout.trim()
  expect(repo.annex('unannex', 'film').stdout).toContain('unannex film ok\n')
  expectContent(repo, 'film', 'content\n')
  const { mode, nlink } = lstatSync(repo.path('film'))
  expect({ isWritable: (mode & 0o200) !== 0, nlink }).toEqual({ isWritable: true, nlink: 1 })
  expect(repo.git('status', '--porcelain').stdout).toBe('D  film\n?? film\n')
  expectPresent(repo, key)
})

test('git annex unannex passes over a file whose content is not here', () => {
  const repo = scratch.repo('absent')
  repo.annex('init')
  repo.write('film', 'content\n')
  repo.annex('add', 'film')
  repo.git('commit', '-q', '-m', 'film')
  repo.annex('drop', '--force', 'film')
  expect(repo.annex('unannex', 'film').stdout).toBe('')
  expect(repo.git('status', '--porcelain').stdout).toBe('')
})
