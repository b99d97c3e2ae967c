import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectIntact, expectPointer } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const FILM = someBytes(5000, 1)

/** A repository with annexed files, and a clone that has none of the contents. */
function makePair(name: string): { origin: ScratchRepo; clone: ScratchRepo } {
  const origin = scratch.repo(name)
  origin.annex('init', 'origin')
  origin.write('film', FILM)
  origin.write('dir/a b', someBytes(100, 2))
  origin.annex('add', '.')
  origin.git('commit', '-q', '-m', 'files')
  const clone = scratch.clone(origin, `${name}-clone`)
  clone.annex('init', 'clone')
  return { origin, clone }
}

/** Where a repository keeps the content of a file. */
function objectOf(repo: ScratchRepo, path: string): string {
  const key = repo.annex('lookupkey', path).stdout.trim()
  return repo.path(repo.annex('contentlocation', key).stdout.trim())
}

describe('git annex get', () => {
  test('fetches content, says from where, and git sees nothing to do', () => {
    const { clone } = makePair('plain')
    expect(clone.annex('get', 'film').stdout).toMatch(/^get film \(from origin\.\.\.\) ok\n/m)
    expectContent(clone, 'film', FILM)
    expectPointer(clone, 'dir/a b')
    expectClean(clone)
    expect(clone.annex('get', 'film').stdout).toBe('')
    expect(clone.realAnnex('fsck', '-q', 'film').status).toBe(0)
  })

  test('without paths fetches what is below the current directory', () => {
    const { clone } = makePair('below')
    clone.run(['git', 'annex', 'get'], { cwd: clone.path('dir') })
    expectContent(clone, 'dir/a b', someBytes(100, 2))
    expect(clone.read('film').length).toBeLessThan(200)
    clone.annex('get')
    expectContent(clone, 'film', FILM)
  })

  test('fetches many, and tells of each content once', () => {
    const { origin, clone } = makePair('many')
    const names = Array.from({ length: 30 }, (_, i) => `n/${String(i).padStart(2, '0')}`)
    for (const [i, name] of names.entries()) origin.write(name, someBytes(200, 10 + (i >> 1)))
    origin.run(['ln', '-s', 'n', 'm'])
    origin.annex('add', '.')
    origin.git('add', 'm')
    origin.git('commit', '-qm', 'more')
    clone.git('pull', '-q')
    const told = clone.annex('get').stdout.split('\n').slice(0, -2)
    const firsts = names.filter((_, i) => i % 2 === 0)
    expect(told.filter((line) => line.startsWith('get '))).toEqual(
      ['dir/a b', 'film', ...firsts].map((name) => `get ${name} (from origin...) ok`),
    )
    for (const [i, name] of names.entries())
      expectContent(clone, name, someBytes(200, 10 + (i >> 1)))
    expectClean(clone)
  })

  test('--json gives an object an item; --quiet nothing', () => {
    const { clone } = makePair('json')
    expect(JSON.parse(clone.annex('get', '--json', 'film').stdout.split('\n')[0]!)).toMatchObject({
      command: 'get',
      file: 'film',
      input: ['film'],
      note: 'from origin...',
      success: true,
    })
    expect(clone.annex('get', '--quiet', 'dir').stdout).toBe('')
    expectContent(clone, 'dir/a b', someBytes(100, 2))
  })

  test('--batch answers each request, an empty line where there is nothing to do', () => {
    const { clone } = makePair('batch')
    const { stdout } = clone.run(['git', 'annex', 'get', '--batch'], {
      input: 'film\nnot there\nfilm\ndir/a b\n',
    })
    const answers = stdout.split('\n').filter((line) => !line.startsWith('('))
    expect(answers).toEqual([
      'get film (from origin...) ok',
      '',
      '',
      'get dir/a b (from origin...) ok',
      '',
    ])
  })

  test('--key fetches a key without a file', () => {
    const { origin, clone } = makePair('key')
    const key = origin.annex('lookupkey', 'film').stdout.trim()
    clone.annex('get', '--key', key)
    expectContent(clone, 'film', FILM)
    expectClean(clone)
  })

  test('falls back to the next remote when the first one is damaged', () => {
    const { origin, clone } = makePair('damaged')
    const second = scratch.clone(origin, 'damaged-second')
    second.annex('get', '-q', '.')
    clone.git('remote', 'add', 'second', second.dir)
    clone.git('fetch', '-q', 'second')
    clone.git('config', 'remote.second.annex-cost', '150')
    const object = objectOf(origin, 'film')
    chmodSync(object, 0o644)
    writeFileSync(object, someBytes(5000, 9))
    const { stdout, stderr } = clone.annex('get', 'film')
    expect(stdout).toContain('(from origin...)')
    expect(stderr).toContain('Verification of content failed')
    expect(stdout).toContain('(from second...)')
    expectContent(clone, 'film', FILM)
    expectIntact(clone)
  })

  test('takes nothing that does not match its key', () => {
    const { origin, clone } = makePair('refused')
    const object = objectOf(origin, 'film')
    chmodSync(object, 0o644)
    writeFileSync(object, someBytes(5000, 9))
    const { status, stderr } = clone.tryAnnex('get', 'film')
    expect(status).toBe(1)
    expect(stderr).toContain('Verification of content failed')
    expectPointer(clone, 'film')
    expectIntact(clone)
    expect(clone.annex('whereis', 'film').stdout).toContain('(1 copy)')
  })

  test('names the remotes that could not be reached', () => {
    const { origin, clone } = makePair('away')
    clone.annex('whereis', 'film')
    renameSync(origin.dir, `${origin.dir}-gone`)
    const { status, stdout, stderr } = clone.tryAnnex('get', 'film')
    expect(status).toBe(1)
    expect(stdout + stderr).toContain('Unable to access these remotes: origin')
    expect(stderr).toContain('get: 1 failed')
    expectClean(clone)
  })

  test('a path that git does not know fails and the others are fetched', () => {
    const { clone } = makePair('unknown')
    const { status, stderr } = clone.tryAnnex('get', 'nope', 'film')
    expect(status).toBe(1)
    expect(stderr).toContain("error: pathspec 'nope' did not match any file(s) known to git")
    expectContent(clone, 'film', FILM)
  })
})
