import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { lstat } from '../../../src/platform/files.js'
import { TempFiles } from '../../../src/store/temp-files.js'
import { replaceBy } from '../../../src/worktree/replace-file.js'
import { expectContent } from '../../support/expect.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

test('replaceBy() leaves what was written while the new file was made, or before', () => {
  const repo = scratch.repo('r')
  mkdirSync(repo.path('.git/annex'))
  const temp = new TempFiles(repo.path('.git/annex'))
  const path = repo.path('f')
  const put = (made: string) => writeFileSync(made, 'new')
  const late = (made: string) => {
    put(made)
    repo.write('f', 'written meanwhile')
  }
  // Nothing was there, something was, and something else was when the caller looked.
  expect(() => replaceBy(path, temp, late)).toThrow('was changed meanwhile')
  expectContent(repo, 'f', 'written meanwhile')
  repo.write('f', 'old')
  const old = lstat(path)
  expect(() => replaceBy(path, temp, late)).toThrow('was changed meanwhile')
  expect(() => replaceBy(path, temp, put, old)).toThrow('was changed meanwhile')
  expectContent(repo, 'f', 'written meanwhile')
  replaceBy(path, temp, put)
  expectContent(repo, 'f', 'new')
  expect(readdirSync(temp.dir)).toEqual([])
})
