import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CONTENTS, makeContentTwins } from '../support/content-worlds.js'
import { expectContent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const twins = makeContentTwins(scratch)
let count = 0

function makeRepo(isUnlocked: boolean): ScratchRepo {
  const repo = scratch.repo(`r${count++}`)
  repo.annex('init', 'r')
  repo.git('config', 'annex.addunlocked', `${isUnlocked}`)
  repo.write('f', 'content of f\n')
  repo.write('sub/g', 'content of g\n')
  repo.annex('add', '-q', '.')
  repo.git('commit', '-qm', 'files')
  return repo
}

describe('git annex uninit', () => {
  test.each([true, false])('leaves ordinary files and nothing else, unlocked: %s', (isUnlocked) => {
    const repo = makeRepo(isUnlocked)
    expect(repo.annex('uninit').stdout).toBe('unannex f ok\nunannex sub/g ok\n')
    expectContent(repo, 'f', 'content of f\n')
    expectContent(repo, 'sub/g', 'content of g\n')
    expect(lstatSync(repo.path('f'))).toMatchObject({ nlink: 1, mode: 0o100644 })
    expect(existsSync(repo.path('.git/annex'))).toBe(false)
    expect(repo.git('config', '--list', '--local').stdout).not.toMatch(
      /annex\.(uuid|version|filter)/,
    )
    expect(repo.git('config', '--list', '--local').stdout).not.toContain('filter.annex')
    expect(repo.git('branch', '--list', 'git-annex').stdout).toBe('')
    expect(
      readdirSync(repo.path('.git/hooks')).filter((name) => !name.endsWith('.sample')),
    ).toEqual([])
    // Git works as without any annex.
    repo.git('add', '.')
    repo.git('commit', '-qm', 'ordinary')
    expect(repo.git('cat-file', 'blob', 'HEAD:f').stdout).toBe('content of f\n')
    expect(repo.tryAnnex('find').stderr).toBe('git-annex: First run: git-annex init\n')
  })

  test('stops while contents are left that no file has, and can be run again', () => {
    const repo = makeRepo(true)
    const key = repo.annex('lookupkey', 'f').stdout.trim()
    repo.write('f', 'newer content\n')
    repo.annex('add', '-q', 'f')
    repo.git('commit', '-qm', 'newer')
    const { status, stderr } = repo.tryAnnex('uninit')
    expect([status, stderr]).toEqual([1, expect.stringContaining('Not fully uninitialized')])
    expectPresent(repo, key)
    expectContent(repo, 'f', 'newer content\n')
    expect(repo.git('config', 'annex.uuid').stdout).not.toBe('')
    repo.run(['chmod', '-R', 'u+w', '.git/annex/objects'])
    repo.run(['rm', '-r', '.git/annex/objects'])
    repo.annex('uninit')
    expect(existsSync(repo.path('.git/annex'))).toBe(false)
  })

  test('leaves a modified file as it is, and its former content in the annex', () => {
    const repo = makeRepo(true)
    const key = repo.annex('lookupkey', 'f').stdout.trim()
    repo.write('f', 'modified\n')
    expect(repo.tryAnnex('uninit').status).toBe(1)
    expectContent(repo, 'f', 'modified\n')
    expectPresent(repo, key)
  })

  test('leaves files whose content is not here, and a dropped one can be had elsewhere', () => {
    const world = twins.copy('ours')
    const clone = world.repo('clone')
    clone.annex('uninit')
    expectContent(clone, 'here.txt', CONTENTS['here.txt'])
    expect(clone.git('status', '--porcelain', 'there.txt').stdout).toBe('')
    expect(lstatSync(clone.path('there.txt')).isSymbolicLink()).toBe(true)
  })
})
