import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex post-receive takes over what was pushed, and says nothing', () => {
  const origin = scratch.repo('origin')
  origin.annex('init', 'origin')
  origin.git('config', 'annex.largefiles', 'anything')
  origin.write('film', someBytes(3000, 1))
  origin.git('add', 'film')
  origin.git('commit', '-q', '-m', 'film')
  const clone = scratch.clone(origin, 'clone')
  clone.annex('get', '-q', 'film')
  clone.git('push', '-q', '--no-verify', 'origin', 'git-annex:synced/git-annex')
  const { stdout, stderr } = origin.annex('post-receive')
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  expect(origin.git('show', 'git-annex:uuid.log').stdout).toContain('clone')
})

test('a push into a checked out branch brings contents to its work tree (updateInstead)', () => {
  const origin = scratch.repo('instead')
  origin.annex('init', 'origin')
  origin.git('config', 'receive.denyCurrentBranch', 'updateInstead')
  origin.git('commit', '-q', '--allow-empty', '-m', 'first')
  const clone = scratch.clone(origin, 'instead-clone')
  clone.annex('init', 'clone')
  clone.git('config', 'annex.largefiles', 'anything')
  clone.write('film', someBytes(3000, 2))
  clone.git('add', 'film')
  clone.git('commit', '-q', '-m', 'film')
  clone.git('push', '-q', 'origin', 'main')
  expectContent(origin, 'film', someBytes(3000, 2))
  expectClean(origin)
})
