import { existsSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { makeNotedFilm } from '../support/film.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex post-checkout puts in place what git-annex has noted, and says nothing', () => {
  const repo = makeNotedFilm(scratch, 'direct')
  const { stdout, stderr } = repo.annex('post-checkout', 'HEAD', 'HEAD', '1')
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
  expect(existsSync(repo.path('.git/annex/smudge.log'))).toBe(false)
})

test('git checkout runs it through the hook', () => {
  const repo = makeNotedFilm(scratch, 'hook')
  repo.git('checkout', '-q', '-b', 'next')
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
})
