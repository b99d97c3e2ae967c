import { appendFileSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import {
  expectClean,
  expectInGit,
  expectIntact,
  expectPointer,
  expectPresent,
  listObjects,
} from '../support/expect.js'
import { commit, FOREIGN, keyOf, MIB, pointer, touch } from '../support/filtered.js'
import { someBytes, useScratch } from '../support/scratch.js'

/** What is annexed, and what stays in git. */
const scratch = useScratch()
const annex = annexMaker(scratch)

describe('git add decides', () => {
  test.each([
    ['by annex.gitadd-threshold', ['annex.gitadd-threshold', '10 kB'], 'f', 10_000, true],
    ['by annex.gitadd-threshold', ['annex.gitadd-threshold', '10 kB'], 'f', 9_999, false],
    ['by annex.largefiles', ['annex.largefiles', 'largerthan=3mb'], 'f', 3_000_001, true],
    ['by annex.largefiles', ['annex.largefiles', 'largerthan=3mb'], 'f', 3_000_000, false],
    ['by annex.largefiles', ['annex.largefiles', 'include=*.x'], 'd/f.x', 1, true],
    ['by annex.largefiles', ['annex.largefiles', 'include=*.x'], 'd/f', 3_000_000, false],
    ['for git with dotfiles', ['annex.largefiles', 'anything'], '.d/f', 3_000_000, false],
    ['as usual with annex.dotfiles', ['annex.dotfiles', 'true'], '.d/f', 3_000_000, true],
    ['for git with annex.gitaddtoannex', ['annex.gitaddtoannex', 'false'], 'f', 3_000_000, false],
  ] as const)('%s', (_, setting, path, size, isAnnexed) => {
    const repo = annex(setting)
    expect(commit(repo, path, someBytes(size)) !== undefined).toBe(isAnnexed)
    expectClean(repo)
  })

  test('by gitattributes', () => {
    const repo = annex()
    repo.write('.gitattributes', '*.x annex.largefiles=anything annex.backend=MD5\n')
    repo.write('d/.gitattributes', '* annex.largefiles=largerthan=10b\n')
    expect(commit(repo, 'a.x', 'x')).toMatch(/^MD5-s1--/)
    expect(commit(repo, 'a.y', someBytes(3000))).toBeUndefined()
    expect(commit(repo, 'd/a.x', 'x')).toBeUndefined()
    expect(commit(repo, 'd/b.x', 'more than ten')).toMatch(/^MD5-s13--/)
  })

  test('by git annex config, after gitattributes', () => {
    const repo = annex()
    repo.realAnnex('config', '--set', 'annex.largefiles', 'include=*.x')
    repo.write('.gitattributes', 'b.x annex.largefiles=nothing\n')
    expect(commit(repo, 'a.x', 'x')).toBeDefined()
    expect(commit(repo, 'b.x', 'x')).toBeUndefined()
  })

  test('by git annex config as it is now', () => {
    const repo = annex()
    for (const [i, value] of ['anything', 'nothing', 'anything'].entries()) {
      repo.realAnnex('config', '--set', 'annex.largefiles', value)
      // The second file finds what the first has kept.
      for (const path of [`${i}a`, `${i}b`])
        expect(commit(repo, path, 'x') !== undefined).toBe(value === 'anything')
    }
    repo.realAnnex('config', '--unset', 'annex.largefiles')
    expect(commit(repo, 'c', 'x')).toBeUndefined()
  })

  test('by the type of the content', () => {
    const repo = annex(['annex.largefiles', 'not mimetype=text/*'])
    expect(commit(repo, 'text', 'just some words\n')).toBeUndefined()
    expect(commit(repo, 'picture', Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'))).toBeDefined()
    expect(commit(repo, 'long text', 'words and more words\n'.repeat(150_000))).toBeUndefined()
    expect(commit(repo, 'long', someBytes(3 * MIB))).toBeDefined()
  })

  test('that a bad expression is an error with its place', () => {
    const repo = annex(['annex.largefiles', 'largerthan=1kb or wrong'])
    repo.write('f', 'x')
    const { status, stderr } = repo.tryGit('add', 'f')
    expect(status).toBe(128)
    expect(stderr).toContain(
      'Cannot add f: Cannot use annex.largefiles "largerthan=1kb or wrong" of the git ' +
        'configuration: Parse failure: near "wrong"',
    )
  })

  test('that a file annexed before stays annexed, in its backend, unless largefiles says no', () => {
    const repo = annex()
    commit(repo, 'f.x', someBytes(3 * MIB))
    repo.git('config', 'annex.backend', 'MD5')
    expect(commit(repo, 'f.x', 'small')).toMatch(/^SHA256E-s5--.*\.x$/)
    repo.git('config', 'annex.largefiles', 'nothing')
    expect(commit(repo, 'f.x', 'changed')).toBeUndefined()
  })

  test('that a dotfile annexed before stays annexed', () => {
    const repo = annex(['annex.dotfiles', 'true'])
    commit(repo, '.f', someBytes(3 * MIB))
    repo.git('config', 'annex.dotfiles', 'false')
    expect(commit(repo, '.f', 'small')).toBeDefined()
  })

  test('that a file which was a link to an object stays annexed', () => {
    const repo = annex(['annex.addunlocked', 'false'])
    repo.write('f', 'one')
    repo.realAnnex('add', '-q', 'f')
    repo.git('commit', '-qm', 'x')
    rmSync(repo.path('f'))
    expect(commit(repo, 'f', 'two')).toMatch(/^SHA256E-s3--/)
  })

  test.each([500, 3 * MIB])('that %i bytes in git stay there while they are unchanged', (size) => {
    const repo = annex(['annex.largefiles', 'nothing'])
    commit(repo, 'f', someBytes(size))
    repo.git('config', 'annex.largefiles', 'anything')
    touch(repo, 'f')
    expectClean(repo)
    repo.git('add', '--renormalize', '.')
    expectInGit(repo, 'f')
    appendFileSync(repo.path('f'), 'more')
    repo.git('add', 'f')
    expectPointer(repo, 'f')
  })

  test.each([500, 3 * MIB])('that %i annexed bytes keep their key under a new name', (size) => {
    const repo = annex(['annex.largefiles', 'anything'])
    const key = commit(repo, 'a.txt', someBytes(size))
    repo.git('mv', 'a.txt', 'b.dat')
    touch(repo, 'b.dat')
    repo.git('add', 'b.dat')
    expect(keyOf(repo, 'b.dat')).toBe(key)
  })

  test('that content which differs from its object at the end gets its own key', () => {
    const repo = annex()
    const content = someBytes(7 * MIB)
    const before = commit(repo, 'f', content)
    content[content.length - 1]! ^= 1
    const after = commit(repo, 'f', content)
    expect(after).not.toBe(before)
    commit(repo, 'f', content.subarray(0, 6 * MIB))
    expect(listObjects(repo).size).toBe(3)
    expectIntact(repo)
  })

  test('that content put back by hand is taken in again', () => {
    const repo = annex()
    const key = commit(repo, 'f', someBytes(3 * MIB))!
    const object = listObjects(repo).get(key)!
    repo.run(['chmod', '-R', 'u+w', '.git/annex/objects'])
    rmSync(object)
    touch(repo, 'f')
    expectClean(repo)
    expectIntact(repo)
    expectPresent(repo, key)
  })
})

describe('git add --renormalize', () => {
  test('changes nothing', () => {
    const repo = annex()
    repo.write('big', someBytes(3 * MIB))
    repo.write('small', 'text\r\n')
    repo.write('pointer', pointer(FOREIGN))
    repo.write('empty', '')
    repo.git('add', '.')
    repo.git('commit', '-qm', 'x')
    repo.git('add', '--renormalize', '.')
    expectClean(repo)
  })
})
