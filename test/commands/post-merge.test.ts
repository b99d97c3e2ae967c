import { existsSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { makeNotedFilm } from '../support/film.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex post-merge puts in place what git-annex has noted, and says nothing', () => {
  const repo = makeNotedFilm(scratch, 'direct')
  const { stdout, stderr } = repo.annex('post-merge', '0')
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
  expect(existsSync(repo.path('.git/annex/smudge.log'))).toBe(false)
})

test('git merge runs it through the hook', () => {
  const repo = makeNotedFilm(scratch, 'hook')
  repo.git('branch', 'other')
  repo.git('commit', '-q', '--allow-empty', '-m', 'ours')
  repo.git(
    'merge',
    '-q',
    '--no-edit',
    repo.git('commit-tree', '-p', 'other', '-m', 'theirs', 'other^{tree}').stdout.trim(),
  )
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
})
