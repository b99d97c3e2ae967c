import { mkdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { findRepository } from '../../../src/git/repository.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** What we take for the work tree in a directory, and what git takes for it. */
function workTrees(cwd: string, env: Readonly<Record<string, string>> = {}) {
  const git = scratch.run(['git', 'rev-parse', '--show-toplevel'], { cwd, env }).stdout.trim()
  return { ours: findRepository({ cwd, env }).workTree, git }
}

describe('findRepository()', () => {
  test.each([
    ['absolute', (to: string) => to],
    ['relative to the git directory', () => '../../tree "1"'],
  ])('takes core.worktree for the work tree, %s', (name, value) => {
    const repo = scratch.repo(name)
    const tree = scratch.path('tree "1"')
    mkdirSync(`${tree}/sub`, { recursive: true })
    repo.git('config', 'core.worktree', value(tree))
    expect(findRepository({ cwd: repo.dir, env: {} }).workTree).toBe(tree)
    for (const cwd of [repo.dir, tree, `${tree}/sub`, scratch.home])
      expect(workTrees(cwd, { GIT_DIR: repo.path('.git') })).toEqual({ ours: tree, git: tree })
  })

  test('takes a core.worktree that stands in config.worktree', () => {
    const repo = scratch.repo('worktree-config')
    mkdirSync(scratch.path('elsewhere'))
    repo.git('config', 'extensions.worktreeConfig', 'true')
    repo.git('config', '--worktree', 'core.worktree', '../../elsewhere')
    const { workTree } = findRepository({ cwd: repo.dir, env: {} })
    expect(workTree).toBe(scratch.path('elsewhere'))
  })

  test('takes the current directory for the work tree where there is only GIT_DIR', () => {
    const repo = scratch.repo('only-git-dir')
    mkdirSync(repo.path('sub'))
    const env = { GIT_DIR: repo.path('.git') }
    expect(workTrees(scratch.home, env)).toEqual({ ours: scratch.home, git: scratch.home })
    // As in hooks, which git runs at the top or in the git directory.
    for (const cwd of [repo.dir, repo.path('sub'), repo.path('.git')])
      expect(findRepository({ cwd, env }).workTree).toBe(repo.dir)
  })

  test('knows the work tree of a submodule by either of its directories', () => {
    const [top, sub] = [scratch.repo('top'), scratch.repo('sub')]
    sub.git('commit', '-q', '--allow-empty', '-m', 'x')
    top.git('submodule', '--quiet', 'add', sub.dir, 'part')
    for (const cwd of [top.path('part'), top.path('.git/modules/part')])
      expect(findRepository({ cwd, env: {} })).toMatchObject({
        gitDir: top.path('.git/modules/part'),
        workTree: top.path('part'),
      })
  })
})
