import { lstatSync, mkdirSync, readlinkSync, renameSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A repository with a locked file that was moved into a directory, where its link leads nowhere. */
function makeMoved(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.git('config', 'annex.addunlocked', 'false')
  repo.annex('init')
  repo.write('film', 'content\n')
  repo.annex('add', 'film')
  repo.git('commit', '-q', '-m', 'film')
  mkdirSync(repo.path('dir'))
  renameSync(repo.path('film'), repo.path('dir/film'))
  repo.git('rm', '-q', '--cached', 'film')
  repo.git('add', 'dir/film')
  return repo
}

test('git annex fix makes a moved link lead to its content, in the work tree and the index', () => {
  const repo = makeMoved('moved')
  expect(() => repo.read('dir/film')).toThrow('ENOENT')
  expect(repo.annex('fix').stdout).toBe('fix dir/film ok\n')
  expectContent(repo, 'dir/film', 'content\n')
  expect(readlinkSync(repo.path('dir/film'))).toMatch(/^\.\.\/\.git\/annex\/objects\//)
  expect(repo.git('show', ':dir/film').stdout).toBe(readlinkSync(repo.path('dir/film')))
  expect(repo.annex('fix').stdout).toBe('')
})

test('git commit does the same by the pre-commit hook', () => {
  const repo = makeMoved('hook')
  repo.git('commit', '-q', '-m', 'moved')
  expectContent(repo, 'dir/film', 'content\n')
  expect(lstatSync(repo.path('dir/film')).isSymbolicLink()).toBe(true)
  expectClean(repo)
  expect(repo.realAnnex('fsck', '-q').status).toBe(0)
})

test('git annex fix PATH leaves other links and unlocked files alone', () => {
  const repo = makeMoved('one')
  repo.write('other', 'other\n')
  repo.annex('-c', 'annex.addunlocked=true', 'add', 'other')
  expect(repo.annex('fix', 'other').stdout).toBe('')
  expect(() => repo.read('dir/film')).toThrow('ENOENT')
  expectContent(repo, 'other', 'other\n')
})
