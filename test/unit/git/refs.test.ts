import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { findRef, listRefs, peekRefs, readHead, updateRef } from '../../../src/git/refs.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { type ScratchRepo, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const open = (repo: ScratchRepo) => openRepositoryAt(repo.dir)!

function makeRepo(name: string): ScratchRepo {
  const repo = scratch.repo(name)
  repo.git('commit', '-q', '--allow-empty', '-m', 'one')
  repo.git('branch', 'topic/a')
  repo.git('commit', '-q', '--allow-empty', '-m', 'two')
  repo.git('tag', '-a', '-m', 'x', 'v1')
  return repo
}

const theirs = (repo: ScratchRepo, name: string) => repo.git('rev-parse', name).stdout.trim()

describe('findRef()', () => {
  test.each(['loose', 'packed', 'both'])('finds what git finds among %s refs', (kind) => {
    const repo = makeRepo(`find-${kind}`)
    if (kind !== 'loose') repo.git('pack-refs', '--all')
    if (kind === 'both') {
      repo.git('commit', '-q', '--allow-empty', '-m', 'three')
      repo.git('update-ref', 'refs/heads/topic/b', 'HEAD')
    }
    for (const { name } of listRefs(open(repo)))
      expect(findRef(open(repo), name)).toBe(theirs(repo, name))
    expect(findRef(open(repo), 'HEAD')).toBe(theirs(repo, 'HEAD'))
    for (const name of ['refs/heads/topic', 'refs/heads/mai', 'refs/heads/main/x', 'heads/main'])
      expect(findRef(open(repo), name)).toBeUndefined()
  })

  test('follows symbolic refs, and gives up on circles', () => {
    const repo = makeRepo('symbolic')
    repo.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/heads/topic/a')
    expect(findRef(open(repo), 'refs/remotes/origin/HEAD')).toBe(theirs(repo, 'topic/a'))
    mkdirSync(repo.path('.git/refs/x'))
    writeFileSync(repo.path('.git/refs/x/circle'), 'ref: refs/x/circle\n')
    expect(findRef(open(repo), 'refs/x/circle')).toBeUndefined()
  })

  test('gives each linked work tree its own HEAD and the refs of all', () => {
    const repo = makeRepo('worktrees')
    repo.git('worktree', 'add', '-q', scratch.path('linked'), 'topic/a')
    const linked = openRepositoryAt(scratch.path('linked'))!
    expect(findRef(linked, 'HEAD')).toBe(theirs(repo, 'topic/a'))
    expect(findRef(linked, 'refs/heads/main')).toBe(theirs(repo, 'main'))
    expect(readHead(linked).branch).toBe('refs/heads/topic/a')
  })
})

describe('readHead()', () => {
  test('tells a branch, a branch without commit and a detached HEAD', () => {
    const repo = makeRepo('head')
    const oid = theirs(repo, 'HEAD')
    expect(readHead(open(repo))).toEqual({ branch: 'refs/heads/main', oid })
    repo.git('checkout', '-q', '--detach')
    expect(readHead(open(repo))).toEqual({ branch: undefined, oid })
    expect(readHead(open(scratch.repo('unborn')))).toEqual({
      branch: 'refs/heads/main',
      oid: undefined,
    })
  })
})

describe('listRefs()', () => {
  test('lists what matches', () => {
    const repo = makeRepo('list')
    expect(listRefs(open(repo), ['refs/heads/']).map((ref) => ref.name)).toEqual([
      'refs/heads/main',
      'refs/heads/topic/a',
    ])
    expect(listRefs(open(repo))).toHaveLength(3)
    expect(listRefs(open(repo), ['refs/none/'])).toEqual([])
  })
})

describe('peekRefs()', () => {
  const byName = (repo: ScratchRepo) =>
    peekRefs(open(repo), 'same')?.sort((a, b) => (a.name < b.name ? -1 : 1))

  test.each(['loose', 'packed', 'both'])('finds what git finds among %s refs', (kind) => {
    const repo = makeRepo(`peek-${kind}`)
    const names = ['heads/same', 'remotes/a/same', 'remotes/b/c/same', 'same', 'heads/x/nosame']
    for (const name of names) repo.git('update-ref', `refs/${name}`, 'topic/a')
    repo.git('tag', '-a', '-m', 'x', 'deep/same')
    if (kind !== 'loose') repo.git('pack-refs', '--all')
    if (kind === 'both') {
      repo.git('update-ref', 'refs/remotes/a/same', 'main')
      repo.git('update-ref', '-d', 'refs/remotes/b/c/same')
    }
    const found = byName(repo)
    expect(found).toEqual(listRefs(open(repo), ['refs/**/same']))
    expect(found).toHaveLength(kind === 'both' ? 4 : 5)
  })

  test('leaves to git what is no plain ref, and other ways to keep refs', () => {
    const repo = makeRepo('peek-not')
    repo.git('symbolic-ref', 'refs/heads/same', 'refs/heads/main')
    expect(peekRefs(open(repo), 'same')).toBeUndefined()
    expect(peekRefs(open(repo), 'a')).toHaveLength(1)
    mkdirSync(repo.path('.git/reftable'))
    expect(peekRefs(open(repo), 'a')).toBeUndefined()
  })
})

describe('updateRef()', () => {
  test('changes a ref only from where it is expected to be', () => {
    const repo = makeRepo('update')
    const repository = open(repo)
    const [one, two] = [theirs(repo, 'topic/a'), theirs(repo, 'main')]
    const name = 'refs/heads/new'
    expect(updateRef(repository, { name, to: one, from: two })).toBe(false)
    expect(updateRef(repository, { name, to: one, from: 'absent', message: 'why' })).toBe(true)
    expect(updateRef(repository, { name, to: two, from: 'absent' })).toBe(false)
    expect(updateRef(repository, { name, to: two, from: two })).toBe(false)
    expect(updateRef(repository, { name, to: two, from: one })).toBe(true)
    expect(updateRef(repository, { name, to: one, from: 'anything' })).toBe(true)
    expect(theirs(repo, 'new')).toBe(one)
    expect(repo.git('reflog', 'new').stdout).toContain('why')
    expect(updateRef(repository, { name, to: undefined, from: two })).toBe(false)
    expect(updateRef(repository, { name, to: undefined, from: one })).toBe(true)
    expect(findRef(repository, name)).toBeUndefined()
  })

  test('tells a locked ref from a nonsensical request', () => {
    const repo = makeRepo('refuse')
    const to = theirs(repo, 'topic/a')
    writeFileSync(repo.path('.git/refs/heads/main.lock'), '')
    const locked = { name: 'refs/heads/main', to, from: 'anything' } as const
    expect(updateRef(open(repo), locked)).toBe(false)
    const nonsense = { name: 'refs/heads/a..b', to, from: 'anything' } as const
    expect(() => updateRef(open(repo), nonsense)).toThrow(/git update-ref/)
  })
})
