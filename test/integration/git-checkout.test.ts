import { appendFileSync, chmodSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import {
  expectClean,
  expectContent,
  expectInGit,
  expectPresent,
  listObjects,
} from '../support/expect.js'
import { commit, FOREIGN, keyOf, MIB, pointer, touch } from '../support/filtered.js'
import { someBytes, useScratch } from '../support/scratch.js'

/** Smudge under real git, and what is a pointer. */
const scratch = useScratch()
const annex = annexMaker(scratch)

describe('a pointer', () => {
  test.each([
    ['as it is', pointer(FOREIGN)],
    ['with CRLF', `/annex/objects/${FOREIGN}\r\n`],
    ['without a newline', `/annex/objects/${FOREIGN}`],
    ['that was a link', `../.git/annex/objects/aa/bb/${FOREIGN}/${FOREIGN}`],
    ['with further lines', `${pointer(FOREIGN)}/annex/more\n`],
  ])('%s goes to git in the usual form', (_, text) => {
    const repo = annex(['annex.largefiles', 'anything'])
    repo.write('f', text)
    repo.git('add', 'f')
    expect(repo.git('cat-file', 'blob', ':f').stdout).toBe(pointer(FOREIGN))
  })

  test('that git has in another form stays as it is', () => {
    const repo = annex()
    const text = `${pointer(FOREIGN)}/annex/more\n`
    const oid = repo.run(['git', 'hash-object', '-w', '--stdin'], { input: text }).stdout.trim()
    repo.git('update-index', '--add', '--cacheinfo', `100644,${oid},f`)
    repo.git('commit', '-qm', 'x')
    repo.git('checkout', '-q', 'f')
    expectContent(repo, 'f', text)
    touch(repo, 'f')
    repo.git('add', '--renormalize', '.')
    expectClean(repo)
  })

  test('survives core.autocrlf', () => {
    const repo = annex(['core.autocrlf', 'true'])
    repo.write('f', pointer(FOREIGN))
    repo.git('add', 'f')
    repo.git('commit', '-qm', 'x')
    rmSync(repo.path('f'))
    repo.git('checkout', '-q', 'f')
    expectContent(repo, 'f', `/annex/objects/${FOREIGN}\r\n`)
    expectClean(repo)
  })

  test('with conflict markers is refused', () => {
    const repo = annex()
    repo.write('f', `<<<<<<< HEAD\n${pointer(FOREIGN)}=======\n${pointer('A--b')}>>>>>>> x\n`)
    const { status, stderr } = repo.tryGit('add', 'f')
    expect(status).toBe(128)
    expect(stderr).toContain(
      'git-annex: Cannot add f: it is a pointer file with conflict markers. Take one side first',
    )
  })

  test.each([10, 3 * MIB])('with %i bytes appended goes to git, with a warning', (size) => {
    const repo = annex(['annex.largefiles', 'anything'])
    repo.write('f', Buffer.concat([Buffer.from(pointer(FOREIGN)), someBytes(size)]))
    expect(repo.git('add', 'f').stderr).toContain('f begins like a pointer file but is none')
    expectInGit(repo, 'f')
  })

  test('of an empty content stays a pointer in the work tree', () => {
    const repo = annex()
    const key = `SHA256E-s0--${'0'.repeat(64)}`
    repo.write('f', pointer(key))
    repo.git('add', 'f')
    repo.git('commit', '-qm', 'x')
    rmSync(repo.path('f'))
    repo.git('checkout', '-q', 'f')
    expectContent(repo, 'f', pointer(key))
    expectClean(repo)
  })
})

describe('a checkout', () => {
  test('gets content that is here, and pointers for the rest', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    commit(repo, 'a', someBytes(300_000))
    commit(repo, 'b', someBytes(3 * MIB))
    repo.git('checkout', '-qb', 'other')
    repo.git('rm', '-q', 'a', 'b')
    commit(repo, 'c', 'text')
    repo.git('checkout', '-q', 'main')
    expectContent(repo, 'a', someBytes(300_000))
    expectContent(repo, 'b', someBytes(3 * MIB))
    expectClean(repo)
    const clone = scratch.clone(repo, 'clone')
    clone.annex('init', '-q')
    clone.git('checkout', '-q', '.')
    expectContent(clone, 'b', pointer(keyOf(repo, 'b')!))
    expectClean(clone)
  })

  test('of an executable file is executable', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    repo.write('run', '#!/bin/sh\necho it runs\n')
    chmodSync(repo.path('run'), 0o755)
    repo.git('add', 'run')
    repo.git('commit', '-qm', 'x')
    rmSync(repo.path('run'))
    repo.git('checkout', '-q', 'run')
    expect(repo.run(['./run']).stdout).toBe('it runs\n')
  })

  test('leaves the pointer where the object has the wrong length, says so, and goes on', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    const key = commit(repo, 'a', 'content of a')!
    commit(repo, 'b', 'content of b')
    const object = listObjects(repo).get(key)!
    chmodSync(object, 0o644)
    appendFileSync(object, 'damage')
    for (const path of ['a', 'b']) rmSync(repo.path(path))
    const { stderr } = repo.git('checkout', '.')
    expect(stderr).toContain(
      'git-annex: a is left as a pointer: its object has 18 bytes where the key says 12; run ' +
        '"git annex fsck"',
    )
    expectContent(repo, 'a', pointer(key))
    expectContent(repo, 'b', 'content of b')
  })

  test('leaves the pointer where the object is no file', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    const key = commit(repo, 'a', 'content')!
    const object = listObjects(repo).get(key)!
    repo.run(['chmod', '-R', 'u+w', '.git/annex/objects'])
    rmSync(object)
    repo.run(['ln', '-s', object, object])
    rmSync(repo.path('a'))
    repo.git('checkout', '.')
    expectContent(repo, 'a', pointer(key))
  })

  test('into an archive has the content', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    commit(repo, 'd/a', 'content of a')
    const archive = repo.git('archive', 'HEAD').stdoutBytes
    expect(repo.run(['tar', '-xO', 'd/a'], { input: archive }).stdout).toBe('content of a')
  })

  test('works in a linked work tree', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    commit(repo, 'a', 'content of a')
    repo.git('worktree', 'add', '-q', '../linked')
    const linked = scratch.open('linked')
    expectContent(linked, 'a', 'content of a')
    commit(linked, 'b', 'content of b')
    expectPresent(repo, keyOf(linked, 'b')!)
    expectClean(linked)
  })
})
