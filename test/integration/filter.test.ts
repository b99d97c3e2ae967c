import { appendFileSync, chmodSync, readFileSync, rmSync, utimesSync } from 'node:fs'
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
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

/** Clean and smudge under real git: what is annexed, what stays in git, and that every byte comes back. */
const scratch = useScratch()
const annex = annexMaker(scratch)
const MIB = 1 << 20
let count = 0

/** Makes git look at a file again. */
function touch(repo: ScratchRepo, path: string): void {
  utimesSync(repo.path(path), 1_000_000_000 + count++, 1_000_000_000)
}

/** Writes, adds and commits a file. @returns the key that git has for it, if any */
function commit(repo: ScratchRepo, path: string, content: string | Uint8Array): string | undefined {
  repo.write(path, content)
  repo.git('add', path)
  repo.git('commit', '-qm', path)
  return keyOf(repo, path)
}

/** The escaped key of a staged pointer file; undefined for an ordinary file. */
function keyOf(repo: ScratchRepo, path: string): string | undefined {
  const { stdout } = repo.git('cat-file', 'blob', `:${path}`)
  return /^\/annex\/objects\/(.*)\n$/.exec(stdout)?.[1]
}

const pointer = (key: string) => `/annex/objects/${key}\n`
const FOREIGN = `SHA256E-s5--${'5'.repeat(64)}.txt`

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
