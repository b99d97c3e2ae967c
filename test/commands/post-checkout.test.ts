import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectClean, expectContent } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A repository in which git-annex's filter has left a pointer for content that is here. */
function makeRepo(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.annex('init')
  repo.git('config', 'annex.largefiles', 'anything')
  repo.write('film', 'content\n')
  repo.git('add', 'film')
  repo.git('commit', '-q', '-m', 'film')
  const pointer = repo.git('show', ':film').stdout
  repo.write('film', pointer)
  writeFileSync(
    repo.path('.git/annex/smudge.log'),
    `${pointer.trim().slice('/annex/objects/'.length)} film\n`,
  )
  return repo
}

test('git annex post-checkout puts in place what git-annex has noted, and says nothing', () => {
  const repo = makeRepo('direct')
  const { stdout, stderr } = repo.annex('post-checkout', 'HEAD', 'HEAD', '1')
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
  expect(existsSync(repo.path('.git/annex/smudge.log'))).toBe(false)
})

test('git checkout runs it through the hook', () => {
  const repo = makeRepo('hook')
  repo.git('checkout', '-q', '-b', 'next')
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
})
