import { chmodSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import {
  expectClean,
  expectContent,
  expectInGit,
  expectIntact,
  expectPointer,
  expectPresent,
  listObjects,
} from '../support/expect.js'
import { commit, keyOf, MIB, touch } from '../support/filtered.js'
import { someBytes, useScratch } from '../support/scratch.js'

/** Clean under real git: every byte that goes in comes back. */
const scratch = useScratch()
const annex = annexMaker(scratch)

describe('git add', () => {
  test('annexes a big file and stores a small one in git', () => {
    const repo = annex()
    repo.write('big.tar.gz', someBytes(3 * MIB))
    repo.write('small', 'text\n')
    repo.write('empty', '')
    repo.git('add', '.')
    const key = expectPointer(repo, 'big.tar.gz')
    expect(key).toMatch(/^SHA256E-s3145728--[0-9a-f]{64}\.tar\.gz$/)
    expectPresent(repo, key)
    expectIntact(repo)
    expectInGit(repo, 'small')
    expectInGit(repo, 'empty')
    repo.git('commit', '-qm', 'x')
    expectClean(repo)
    expectContent(repo, 'big.tar.gz', someBytes(3 * MIB))
    expect(repo.annex('whereis', 'big.tar.gz').stdout).toContain('(1 copy)')
  })

  test.each([0, 1, 4096, 65_515, 65_516, 65_517, 131_032, 131_033, 1_048_575])(
    'brings %i ordinary bytes back unchanged',
    (size) => {
      const repo = annex()
      const content = someBytes(size, size)
      commit(repo, 'f', content)
      expectInGit(repo, 'f')
      rmSync(repo.path('f'))
      repo.git('checkout', '-q', 'f')
      expectContent(repo, 'f', content)
      expectClean(repo)
    },
  )

  test.each([2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 5_000_000])(
    'brings %i ordinary bytes back unchanged, though they do not fit into memory',
    (size) => {
      const repo = annex(['annex.largefiles', 'nothing'])
      const content = someBytes(size, size)
      commit(repo, 'f', content)
      expectInGit(repo, 'f')
      rmSync(repo.path('f'))
      repo.git('checkout', '-q', 'f')
      expectContent(repo, 'f', content)
      expect(listObjects(repo).size).toBe(0)
    },
  )

  test.each([1, 65_516, 1_048_576, 2 * MIB - 1, 2 * MIB, 2 * MIB + 1, 5_000_000])(
    'annexes %i bytes and brings them back unchanged',
    (size) => {
      const repo = annex(['annex.largefiles', 'anything'])
      const content = someBytes(size, size)
      const key = commit(repo, 'f', content)
      expect(key).toContain(`SHA256E-s${size}--`)
      expectIntact(repo)
      rmSync(repo.path('f'))
      repo.git('checkout', '-q', 'f')
      expectContent(repo, 'f', content)
      expectClean(repo)
    },
  )

  test('gives content the key and the mode that git-annex gives it', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    for (const path of ['d/a.b.c', 'run.sh']) repo.write(path, someBytes(3 * MIB))
    repo.write('no-ext', 'x')
    chmodSync(repo.path('run.sh'), 0o755)
    chmodSync(repo.path('no-ext'), 0o600)
    repo.git('add', '.')
    for (const path of ['d/a.b.c', 'run.sh', 'no-ext'])
      expect(keyOf(repo, path)).toBe(repo.realAnnex('calckey', path).stdout.trim())
    const modes = repo.run(['find', '.git/annex/objects', '-type', 'f', '-printf', '%s %m\\n'])
    expect(modes.stdout.split('\n').sort()).toEqual(['', '1 400', '3145728 444', '3145728 555'])
    expect(repo.git('ls-files', '-s', 'run.sh').stdout).toMatch(/^100755 /)
  })

  test('records the presence of every object before it ends', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    for (let i = 0; i < 300; i++) repo.write(`d${i % 7}/f${i}`, `${i}`)
    repo.git('add', '.')
    const found = repo.realAnnex('find', '--in=here').stdout
    expect(found.trim().split('\n')).toHaveLength(300)
    expectIntact(repo)
  })

  test('stores one content once, whatever it is called', () => {
    const repo = annex(['annex.largefiles', 'anything'], ['annex.backend', 'SHA256'])
    for (const path of ['a', 'b', 'c/d.x']) repo.write(path, someBytes(3 * MIB))
    repo.git('add', '.')
    expect(listObjects(repo).size).toBe(1)
    expect(new Set(['a', 'b', 'c/d.x'].map((path) => expectPointer(repo, path))).size).toBe(1)
  })

  test('accepts every file name', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    const names = ['ünï cödé', ' x ', 'a=b', "it's", 'tab\there', '--clean']
    for (const name of names) repo.write(name, name)
    repo.git('add', '--', '.')
    for (const name of names) expectPointer(repo, name)
    repo.git('commit', '-qm', 'x')
    expectClean(repo)
  })

  test.each(['MD5E', 'SHA512', 'BLAKE2B160E', 'SKEIN256', 'XBLAKE3E'])(
    'makes keys of backend %s, for small files and big ones',
    (backend) => {
      const repo = annex(['annex.backend', backend], ['annex.largefiles', 'anything'])
      for (const size of [100, 3 * MIB, 200]) repo.write(`f${size}`, someBytes(size))
      repo.git('add', '.')
      repo.git('commit', '-qm', 'x')
      for (const size of [100, 3 * MIB, 200])
        expect(keyOf(repo, `f${size}`)).toContain(`${backend}-s${size}--`)
      touch(repo, 'f100')
      expectClean(repo)
    },
  )

  test('makes WORM keys from the time of the file, and keeps them while the content stays', () => {
    const repo = annex(['annex.backend', 'WORM'], ['annex.largefiles', 'anything'])
    for (const [path, size] of [['small', 10] as const, ['d/big', 3 * MIB] as const]) {
      repo.write(path, someBytes(size))
      utimesSync(repo.path(path), 1_234_567_890, 1_234_567_890)
      repo.git('add', path)
      expect(keyOf(repo, path)).toBe(`WORM-s${size}-m1234567890--${path.replace('/', '%')}`)
      repo.git('commit', '-qm', path)
      touch(repo, path)
      expectClean(repo)
    }
  })

  test('refuses a backend that cannot make keys, and says so', () => {
    const repo = annex(['annex.backend', 'URL'])
    repo.write('big', someBytes(2 * MIB))
    repo.write('small', 'x')
    const { status, stderr } = repo.tryGit('add', 'big')
    expect(status).toBe(128)
    expect(stderr).toContain('Cannot add big: Cannot generate a key for backend URL')
    repo.git('add', 'small')
    expectInGit(repo, 'small')
  })
})

describe('a repository without an annex', () => {
  test('takes ordinary files, and says what to do for a big one', () => {
    const origin = annex()
    const repo = scratch.repo('plain')
    for (const name of ['process', 'required']) {
      const { stdout } = origin.git('config', `filter.annex.${name}`)
      repo.git('config', `filter.annex.${name}`, stdout.trim())
    }
    repo.write('.gitattributes', '* filter=annex\n')
    repo.write('small', 'text')
    repo.write('big', someBytes(3 * MIB))
    repo.git('add', 'small', '.gitattributes')
    expectInGit(repo, 'small')
    const { status, stderr } = repo.tryGit('add', 'big')
    expect(status).toBe(128)
    expect(stderr).toContain(
      'git-annex: Cannot add big: this repository has no annex yet. Run: git annex init',
    )
    expect(readFileSync(repo.path('big')).length).toBe(3 * MIB)
  })
})
