import { expect, test } from '@jest/globals'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { ALL_REFS, parseUsedRefSpec, selectUsedRefs } from '../../../src/git/used-refs.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

test('parseUsedRefSpec() refuses a part without a sign', () => {
  for (const text of ['', 'refs/heads/*', '+a:b', '+a:'])
    expect(() => parseUsedRefSpec(text)).toThrow('(expected + or - prefix)')
})

test('selectUsedRefs() applies parts from left to right, in the order of git-annex', () => {
  const repo = scratch.repo('r')
  const commit = (name: string) => repo.git('commit', '-q', '--allow-empty', '-m', name)
  commit('one')
  repo.git('tag', 'v1')
  repo.git('branch', 'git-annex')
  repo.git('branch', 'views/x')
  repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
  repo.git('update-ref', 'refs/annex/last-index', 'HEAD')
  commit('two')
  repo.git('branch', 'other')
  const repository = openRepositoryAt(repo.dir)!
  const names = (text?: string) =>
    selectUsedRefs(repository, text === undefined ? ALL_REFS : parseUsedRefSpec(text)).map(
      ({ name }) => name,
    )
  // Of refs at one commit, the first stands for all.
  expect(names()).toEqual(['refs/remotes/origin/main', 'refs/heads/main'])
  expect(names('+refs/heads/*:-*/main')).toEqual(['refs/heads/other'])
  expect(names('+refs/tags/*:+HEAD^')).toEqual(['refs/tags/v1', 'HEAD^'])
  expect(names('reflog').filter((name) => /^[0-9a-f]{40}$/.test(name)).length).toBeGreaterThan(1)
  repo.git('checkout', '-q', '--detach')
  commit('three')
  expect(names('-nothing')).toEqual(['HEAD'])
})
