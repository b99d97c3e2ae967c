import { existsSync, lstatSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectContent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A repository with a locked and an unlocked annexed file, and an ordinary one. */
function makeRepo(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.annex('init')
  repo.write('unlocked', 'one\n')
  repo.annex('add', 'unlocked')
  repo.write('locked', 'two\n')
  repo.annex('-c', 'annex.addunlocked=false', 'add', 'locked')
  repo.write('ordinary', 'three\n')
  repo.git('add', 'ordinary')
  repo.git('commit', '-q', '-m', 'files')
  return repo
}

describe('git annex uninit', () => {
  test('leaves ordinary files and no trace of the annex', () => {
    const repo = makeRepo('gone')
    expect(repo.annex('uninit').stdout).toContain('unannex locked ok')
    for (const [path, content] of [
      ['unlocked', 'one\n'],
      ['locked', 'two\n'],
      ['ordinary', 'three\n'],
    ] as const) {
      expectContent(repo, path, content)
      expect(lstatSync(repo.path(path)).mode & 0o200).toBe(0o200)
    }
    expect(existsSync(repo.path('.git/annex'))).toBe(false)
    expect(existsSync(repo.path('.git/hooks/pre-commit'))).toBe(false)
    expect(repo.git('config', '--list', '--local').stdout).not.toMatch(/annex/)
    expect(repo.git('branch', '--list', 'git-annex').stdout).toBe('')
    repo.git('add', '.')
    repo.git('commit', '-q', '-m', 'plain')
    expect(repo.git('show', 'HEAD:locked').stdout).toBe('two\n')
  })

  test('keeps content that no file of the work tree has, and says so', () => {
    const repo = makeRepo('kept')
    const key = repo.annex('lookupkey', 'unlocked').stdout.trim()
    repo.write('unlocked', 'newer\n')
    repo.git('commit', '-q', '-a', '-m', 'newer')
    const { status, stderr } = repo.tryAnnex('uninit')
    expect(status).toBe(1)
    expect(stderr).toContain('Some annexed data is still left')
    expectPresent(repo, key)
    expectContent(repo, 'unlocked', 'newer\n')
  })

  test('puts back a hook that was there before', () => {
    const repo = scratch.repo('hook')
    repo.write('.git/hooks/pre-commit', '#!/bin/sh\necho mine\n')
    repo.run(['chmod', '+x', repo.path('.git/hooks/pre-commit')])
    repo.annex('init')
    repo.annex('uninit')
    expect(repo.read('.git/hooks/pre-commit').toString()).toBe('#!/bin/sh\necho mine\n')
  })

  test('refuses below the top, and in the git-annex branch', () => {
    const repo = makeRepo('refused')
    repo.write('dir/file', 'x\n')
    expect(repo.tryRun(['git', 'annex', 'uninit'], { cwd: repo.path('dir') }).status).toBe(1)
    repo.git('checkout', '-q', 'git-annex')
    expect(repo.tryAnnex('uninit').stderr).toContain('git-annex branch')
  })
})
