import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  expectClean,
  expectContent,
  expectInGit,
  expectIntact,
  expectPointer,
  listObjects,
} from '../support/expect.js'
import { objectPath } from '../support/family.js'
import { readLocations, uuidOf } from '../support/locations.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { Twins } from '../support/twins.js'

const scratch = useScratch()

function makeTwins(addunlocked: boolean): Twins {
  return new Twins(scratch, (world) => {
    world.run('git', 'init', '-q', 'repo')
    world.annex('repo', 'init', 'r')
    world.git('repo', 'config', 'annex.addunlocked', `${addunlocked}`)
    world.sh('repo', 'echo annexed > annexed.txt; echo plain > plain.txt')
    world.annex('repo', 'add', '-q', 'annexed.txt')
    world.sh('repo', 'git -c annex.largefiles=nothing add . && git commit -qm files')
  })
}

describe.each([
  ['locked', false],
  ['unlocked', true],
] as const)('git annex add, %s,', (_, isUnlocked) => {
  const twins = makeTwins(isUnlocked)

  test.each<[string, string[], string]>([
    ['nothing is new', [], ''],
    ['files and directories are', [], 'echo n > n; mkdir d; echo m > d/m; echo n > d/n'],
    ['some are named', ['n', 'd', 'nope'], 'echo n > n; mkdir d; echo m > d/m; echo o > o'],
    ['JSON is asked for', ['--json', '.'], 'echo n > n; ln -s plain.txt link'],
    [
      'the rule is about size',
      [],
      'git config annex.largefiles largerthan=9; echo n > n; seq 9 > o',
    ],
    ['--force-small is given', ['--force-small'], 'echo n > n'],
    ['a file is ignored', ['.', 'n'], 'echo n > .gitignore; echo n > n'],
    ['an ignored one is forced', ['--force', 'n'], 'echo n > .gitignore; echo n > n'],
    ['a backend is given', ['-b', 'MD5E', 'n.tar.gz'], 'echo n > n.tar.gz'],
    ['a file is private', ['n'], 'echo n > n; chmod 600 n'],
    ['a twin was changed', ['-u'], 'echo n > n; rm annexed.txt; echo changed > annexed.txt'],
  ])('says and does what git-annex does when %s', (_case, args, prepare) => {
    twins.expectSame('repo', [['add', ...args]], { prepare })
  })

  test.each<[string, string]>([
    [
      'odd names',
      'for n in "a b" ünï -dash "q\\"x" "$(printf "n\\nl")" "*" ; do echo "$n" > "./$n"; done',
    ],
    ['a moved link or pointer', 'git config annex.largefiles anything; mkdir d; mv annexed.txt d'],
  ])('leaves what git-annex leaves of %s', (_case, prepare) => {
    twins.expectSame('repo', [['add', '.']], { prepare, only: 'state' })
  })
})

describe('git annex add', () => {
  let count = 0
  function makeRepo(...settings: string[]): ScratchRepo {
    const repo = scratch.repo(`r${count++}`)
    repo.annex('init')
    for (const setting of settings) {
      const [, name, value] = /^(.*?)=(.*)$/.exec(setting)!
      repo.git('config', name!, value!)
    }
    return repo
  }

  test('leaves an unlocked file untouched and git with its pointer, and records it', () => {
    const repo = makeRepo()
    repo.write('big.bin', someBytes(3_000_000, 1))
    const before = lstatSync(repo.path('big.bin'))
    expect(repo.annex('add', 'big.bin').stdout).toBe(
      'add big.bin ok\n(recording state in git...)\n',
    )
    expect(lstatSync(repo.path('big.bin'))).toMatchObject({
      ino: before.ino,
      mtimeMs: before.mtimeMs,
    })
    expect(expectPointer(repo, 'big.bin')).toMatch(/^SHA256E-s3000000--[0-9a-f]{64}\.bin$/)
    expectIntact(repo)
    repo.git('commit', '-qm', 'big')
    expectClean(repo)
    expect(readLocations(repo, 'real')['big.bin']!.uuids).toEqual([uuidOf(repo)])
  })

  test('makes a locked file the object itself, with a link in its place', () => {
    const repo = makeRepo('annex.addunlocked=false')
    repo.write('sub/f', 'content\n')
    const { ino } = lstatSync(repo.path('sub/f'))
    repo.annex('add', 'sub')
    expect(lstatSync(repo.path('sub/f')).isSymbolicLink()).toBe(true)
    expectContent(repo, 'sub/f', 'content\n')
    const [object] = [...listObjects(repo).values()]
    expect(lstatSync(object!)).toMatchObject({ ino, nlink: 1, mode: 0o100444 })
    repo.git('commit', '-qm', 'f')
    expectClean(repo)
  })

  test('never makes a file with other names the object', () => {
    const repo = makeRepo('annex.addunlocked=false')
    repo.write('f', 'content\n')
    linkSync(repo.path('f'), scratch.path('elsewhere'))
    repo.annex('add', 'f')
    expect(lstatSync(scratch.path('elsewhere')).mode & 0o777).toBe(0o644)
    scratch.run(['sh', '-c', 'echo changed > elsewhere'])
    expectContent(repo, 'f', 'content\n')
    expectIntact(repo)
  })

  test('takes the longest names there can be', () => {
    const repo = makeRepo('annex.addunlocked=false')
    const names = ['x'.repeat(255), `${'y'.repeat(250)}.txt`]
    for (const name of names) repo.write(name, `content of ${name}`)
    repo.annex('add', '.')
    for (const name of names) expectContent(repo, name, `content of ${name}`)
    expect(readdirSync(repo.dir).sort()).toEqual(['.git', ...names])
  })

  test('stores the same content once', () => {
    const repo = makeRepo()
    for (const name of ['a.bin', 'b.bin', 'c/d.bin']) repo.write(name, someBytes(2_000_000, 5))
    repo.annex('add', '.')
    expect(listObjects(repo).size).toBe(1)
    expect(expectPointer(repo, 'c/d.bin')).toBe(expectPointer(repo, 'a.bin'))
  })

  test('stages an executable file as one, unlike git-annex', () => {
    const repo = makeRepo()
    repo.write('program', '#!/bin/sh\n')
    chmodSync(repo.path('program'), 0o755)
    repo.annex('add', 'program')
    expect(repo.git('ls-files', '-s', 'program').stdout).toMatch(/^100755 /)
    expect(lstatSync(objectPath(repo, expectPointer(repo, 'program'))).mode & 0o777).toBe(0o555)
    repo.git('commit', '-qm', 'program')
    expectClean(repo)
  })

  test('takes words literally, not as patterns', () => {
    const repo = makeRepo()
    for (const name of ['*', 'other', 'sub/*.txt', 'sub/a.txt']) repo.write(name, `${name}\n`)
    expect(repo.annex('add', 'sub/*.txt', '*', 'sub/').stdout).toMatch(
      /^add sub\/\*\.txt ok\nadd \* ok\nadd sub\/a\.txt ok\n/,
    )
    expect(repo.git('status', '--porcelain').stdout).toContain('?? other\n')
  })

  test('puts a dotfile into git, unless annex.dotfiles', () => {
    const repo = makeRepo()
    for (const name of ['.a', '.d/b']) repo.write(name, `${name}\n`)
    repo.annex('add', '.a')
    expectInGit(repo, '.a')
    repo.annex('add', '-c', 'annex.dotfiles=true', '.d')
    expectPointer(repo, '.d/b')
  })

  test('puts an empty file into git', () => {
    const repo = makeRepo()
    repo.write('empty', '')
    repo.annex('add', 'empty')
    expectInGit(repo, 'empty')
    repo.git('commit', '-qm', 'empty')
    expectClean(repo)
  })

  test('goes by largefiles and by the type of the content', () => {
    const repo = makeRepo('annex.largefiles=mimetype=text/* and largerthan=10')
    repo.write('short.txt', 'short\n')
    repo.write('long.txt', 'a text that is long enough\n')
    repo.write('picture', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), someBytes(90)]))
    repo.write('.gitattributes', '*.dat annex.largefiles=anything\n')
    repo.annex('add', '.')
    expectPointer(repo, 'long.txt')
    for (const path of ['short.txt', 'picture', '.gitattributes']) expectInGit(repo, path)
    repo.annex('add', '--force-large', '-c', 'annex.largefiles=nothing', '.')
    repo.write('x.dat', 'x')
    repo.git('config', '--unset', 'annex.largefiles')
    repo.annex('add', 'x.dat')
    expectPointer(repo, 'x.dat')
  })

  test('--dry-run changes nothing', () => {
    const repo = makeRepo()
    repo.write('f', 'content')
    expect(repo.annex('add', '--dry-run').stdout).toBe('add f ok\n')
    expect(repo.git('status', '--porcelain').stdout).toBe('?? f\n')
    expect(listObjects(repo).size).toBe(0)
  })

  test('with annex.addsmallfiles=false leaves small files alone', () => {
    const repo = makeRepo('annex.addsmallfiles=false', 'annex.largefiles=largerthan=9')
    repo.write('small', 'small')
    repo.write('large', 'large enough')
    expect(repo.annex('add', '.').stdout).toContain('add large ok')
    expect(repo.git('status', '--porcelain').stdout).toBe('A  large\n?? small\n')
  })

  test('answers a batch item by item; each is staged when it is answered', () => {
    const repo = makeRepo()
    for (const name of ['a', 'b']) repo.write(name, `content of ${name}`)
    const { stdout } = repo.run(['git', 'annex', 'add', '--batch', '--json'], {
      input: 'a\nnope\nb\na\n',
    })
    expect(stdout.split('\n').map((line) => line && JSON.parse(line).file)).toEqual([
      'a',
      '',
      'b',
      '',
      '',
    ])
  })

  test('goes on after a file that cannot be added', () => {
    const repo = makeRepo('annex.backend=XNOSUCH')
    repo.write('a', 'content')
    repo.write('.gitattributes', 'b annex.backend=SHA1\n')
    repo.write('b', 'content')
    const { status, stderr } = repo.tryAnnex('add', 'a', 'b')
    expect([status, stderr]).toEqual([1, expect.stringContaining('XNOSUCH')])
    expect(expectPointer(repo, 'b')).toMatch(/^SHA1-s7--/)
    expect(repo.git('status', '--porcelain', 'a').stdout).toBe('?? a\n')
  })

  test('adds links and what lies beyond the current directory', () => {
    const repo = makeRepo()
    mkdirSync(repo.path('sub'))
    repo.write('f', 'content')
    symlinkSync('f', repo.path('link'))
    repo.run(['git', 'annex', 'add', '../f', '..'], { cwd: repo.path('sub') })
    expectPointer(repo, 'f')
    expect(repo.git('ls-files', '-s', 'link').stdout).toMatch(/^120000 /)
  })

  test('needs a work tree', () => {
    const bare = scratch.repo('bare.git', '--bare')
    bare.annex('init')
    expect(bare.tryAnnex('add', 'f').stderr).toBe(
      'git-annex: You cannot run this command in a bare repository.\n',
    )
  })
})
