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

test('git annex post-merge puts in place what git-annex has noted, and says nothing', () => {
  const repo = makeRepo('direct')
  const { stdout, stderr } = repo.annex('post-merge', '0')
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  expectContent(repo, 'film', 'content\n')
  expectClean(repo)
  expect(existsSync(repo.path('.git/annex/smudge.log'))).toBe(false)
})

test('git merge runs it through the hook', () => {
  const repo = makeRepo('hook')
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
