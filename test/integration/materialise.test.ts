import { chmodSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { hostTag } from '../../src/platform/process.js'
import { expectClean, expectContent, expectPointer, listObjects } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A repository with two versions of a file that is too large to be answered inline. */
function makeRepo(name: string): { repo: ScratchRepo; first: Buffer; second: Buffer } {
  const repo = scratch.repo(name)
  repo.annex('init')
  repo.git('config', 'annex.largefiles', 'largerthan=1kb')
  repo.git('config', 'annex.smudge-inline-max', '10kB')
  const [first, second] = [someBytes(300_000, 1), someBytes(200_000, 2)]
  for (const content of [first, second]) {
    repo.write('big', content)
    repo.write('small', `${content.length}\n`)
    repo.git('add', '.')
    repo.git('commit', '-q', '-m', `${content.length}`)
  }
  return { repo, first, second }
}

/** A work tree of its own for a repository. */
function linkedTo(repo: ScratchRepo): ScratchRepo {
  repo.git('worktree', 'add', '-q', '-b', 'linked', '../linked')
  return scratch.open('linked')
}

/** Runs git and counts what its filter answered, by the trace of packets. */
function answeredBytes(repo: ScratchRepo, ...args: string[]): number {
  const trace = repo.path('.git/trace')
  repo.run(['git', ...args], { env: { GIT_TRACE_PACKET: trace } })
  const lines = readFileSync(trace, 'latin1').split('\n')
  return lines.filter((line) => line.includes(' git< ')).join('\n').length
}

describe('a checkout of content over annex.smudge-inline-max', () => {
  test('git checkout puts the content in place, clean, though git never saw it', () => {
    const { repo, first } = makeRepo('checkout')
    const answered = answeredBytes(repo, 'checkout', '-q', 'HEAD~1')
    expectContent(repo, 'big', first)
    expectClean(repo)
    expect(answered).toBeLessThan(first.length / 10)
  })

  test.each([
    ['git checkout -- .', (repo: ScratchRepo) => repo.git('checkout', '--', '.')],
    ['git restore .', (repo: ScratchRepo) => repo.git('restore', '.')],
    ['git reset --hard', (repo: ScratchRepo) => repo.git('reset', '-q', '--hard')],
    ['git stash', (repo: ScratchRepo) => repo.git('stash', '-q')],
  ])('%s brings back what was overwritten', (command, restore) => {
    const { repo, second } = makeRepo(`restore-${command.replaceAll(/\W/g, '')}`)
    repo.write('big', 'scribbled over\n')
    restore(repo)
    expectContent(repo, 'big', second)
    expectClean(repo)
  })

  test('git stash pop, cherry-pick and rebase leave content, not pointers', () => {
    const { repo, second } = makeRepo('sequence')
    const changed = someBytes(250_000, 3)
    repo.write('big', changed)
    repo.git('stash', '-q')
    repo.git('stash', 'pop', '-q')
    expectContent(repo, 'big', changed)
    repo.git('commit', '-q', '-a', '-m', 'changed')
    repo.git('checkout', '-q', '-b', 'other', 'HEAD~1')
    repo.git('cherry-pick', 'main')
    expectContent(repo, 'big', changed)
    repo.git('checkout', '-q', '-b', 'third', 'main~1')
    repo.write('more', 'm\n')
    repo.git('add', 'more')
    repo.git('commit', '-q', '-m', 'more')
    expectContent(repo, 'big', second)
    repo.git('rebase', '-q', 'main')
    expectContent(repo, 'big', changed)
    expectClean(repo)
  })

  test('git worktree add fills the new work tree', () => {
    const { repo, first } = makeRepo('worktree')
    const dir = `${repo.dir}-linked`
    repo.git('worktree', 'add', '-q', dir, 'HEAD~1')
    expect(readFileSync(`${dir}/big`).equals(first)).toBe(true)
    expect(repo.git('-C', dir, 'status', '--porcelain').stdout).toBe('')
  })

  test('git archive gets the content though nothing follows it', () => {
    const { repo, second } = makeRepo('archive')
    const tar = repo.run(['sh', '-c', 'git archive HEAD big | tar -xO | wc -c'])
    expect(Number(tar.stdout)).toBe(second.length)
  })

  test('keeps the execute bit', () => {
    const { repo } = makeRepo('bits')
    chmodSync(repo.path('big'), 0o755)
    repo.git('commit', '-q', '-a', '-m', 'executable')
    repo.git('checkout', '-q', 'HEAD~2')
    repo.git('checkout', '-q', 'main')
    expect(lstatSync(repo.path('big')).mode & 0o111).toBe(0o111)
    expectClean(repo)
  })

  test('a missing object leaves the pointer and git succeeds', () => {
    const { repo } = makeRepo('missing')
    repo.git('checkout', '-q', 'HEAD~1')
    repo.annex('drop', '--force', '--all')
    repo.git('checkout', '-q', 'main')
    expectPointer(repo, 'big')
    expectClean(repo)
  })

  test.each([
    ['the next command', ['git', 'annex', 'restage'], false],
    ['the hook of the next checkout', ['git', 'checkout', '-q', '-b', 'next'], false],
    ['the hook in a linked work tree', ['git', 'checkout', '-q', '-b', 'next'], true],
  ] as const)('what a killed session has noted is finished by %s', (what, argv, isLinked) => {
    const { repo: main, second } = makeRepo(`killed-${what.replaceAll(' ', '')}`)
    const repo = isLinked ? linkedTo(main) : main
    const pointer = repo.git('show', ':big').stdout
    const key = pointer.trim().slice('/annex/objects/'.length)
    repo.write('big', pointer)
    repo.git('add', 'big')
    const notes = isLinked ? '../worktrees/linked/annexe-deferred' : 'annexe/deferred'
    // Of a process whose number another one has now: this one.
    main.write(`.git/annex/${notes}/${hostTag()}-${process.pid}-00000000`, `${key} big\n`)
    repo.run(argv)
    expectContent(repo, 'big', second)
    expectClean(repo)
  })

  test('what a killed session had put in place already is clean after the next command', () => {
    const { repo, second } = makeRepo('killed-late')
    const key = repo.git('show', ':big').stdout.trim().slice('/annex/objects/'.length)
    repo.write('big', repo.git('show', ':big').stdout)
    repo.git('add', 'big')
    repo.write('big', second)
    const note = `${hostTag()}-${process.pid}-00000000`
    repo.write(`.git/annex/annexe/deferred/${note}`, `${key} big\n`)
    repo.annex('restage')
    expectContent(repo, 'big', second)
    expectClean(repo)
  })

  test('a content that is deleted in between leaves the pointer and a line', () => {
    const { repo } = makeRepo('deleted')
    const [object] = listObjects(repo).values()
    expect(object).toBeDefined()
    repo.write('.git/hooks/post-checkout', '#!/bin/sh\nrm -rf .git/annex/objects/*\n')
    const { stderr } = repo.git('checkout', '-q', 'HEAD~1')
    expect(stderr).toContain('big is left as a pointer: its content has gone meanwhile')
    expectPointer(repo, 'big')
    expect(repo.read('big').toString()).toMatch(/^\/annex\/objects\//)
    expectClean(repo)
    expect(readdirSync(repo.path('.git/annex/annexe/deferred'))).toEqual([])
  })

  test('git rebase keeps what its own hooks see as unfinished', () => {
    const { repo, second } = makeRepo('rebase')
    repo.git('checkout', '-q', '-b', 'side', 'HEAD~1')
    repo.write('more', 'm\n')
    repo.git('add', 'more')
    repo.git('commit', '-q', '-m', 'more')
    repo.git('rebase', '-q', 'main')
    expectContent(repo, 'big', second)
    expectClean(repo)
  })
})
