import { chmodSync, lstatSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  expectClean,
  expectContent,
  expectInGit,
  expectIntact,
  expectPointer,
  expectPresent,
} from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

function makeRepo(name: string, ...settings: [string, string][]): ScratchRepo {
  const repo = scratch.repo(name)
  repo.annex('init')
  for (const [setting, value] of settings) repo.git('config', setting, value)
  return repo
}

describe('git annex add', () => {
  test('annexes files of any size, stages pointers, and git sees nothing to do', () => {
    const repo = makeRepo('plain')
    repo.write('small', 'small\n')
    repo.write('dir/large', someBytes(2_000_000, 1))
    const { stdout } = repo.annex('add', '.')
    expect(stdout).toMatch(/add dir\/large .*ok\nadd small .*ok\n/s)
    const key = expectPointer(repo, 'small')
    expectPresent(repo, key)
    expectPointer(repo, 'dir/large')
    repo.git('commit', '-q', '-m', 'files')
    expectClean(repo)
    expectContent(repo, 'dir/large', someBytes(2_000_000, 1))
    expectIntact(repo)
    expect(repo.annex('add', '.').stdout).toBe('')
    expect(repo.realAnnex('fsck', '-q').status).toBe(0)
  })

  test('makes links where annex.addunlocked is false', () => {
    const repo = makeRepo('locked', ['annex.addunlocked', 'false'])
    repo.write('film', 'content\n')
    repo.annex('add', 'film')
    expect(readlinkSync(repo.path('film'))).toMatch(/^\.git\/annex\/objects\//)
    expect(lstatSync(repo.path('film')).isSymbolicLink()).toBe(true)
    expectContent(repo, 'film', 'content\n')
    repo.git('commit', '-q', '-m', 'film')
    expectClean(repo)
    expectIntact(repo)

    // A damaged object is not what the last good copy of its content becomes a link to.
    const object = repo.path(readlinkSync(repo.path('film')))
    chmodSync(object, 0o644)
    writeFileSync(object, 'cantent\n')
    repo.write('again', 'content\n')
    repo.annex('add', 'again')
    expectContent(repo, 'again', 'content\n')
    expectIntact(repo)
  })

  test('takes an expression for annex.addunlocked', () => {
    const repo = makeRepo('some', ['annex.addunlocked', 'include=*.txt'])
    repo.write('a.txt', 'a\n')
    repo.write('b.bin', 'b\n')
    repo.annex('add', '.')
    expect(lstatSync(repo.path('a.txt')).isFile()).toBe(true)
    expect(lstatSync(repo.path('b.bin')).isSymbolicLink()).toBe(true)
  })

  test('leaves to git what annex.largefiles, dotfiles and emptiness say', () => {
    const repo = makeRepo('rules', ['annex.largefiles', 'largerthan=100'])
    repo.write('small', 'small\n')
    repo.write('.hidden', someBytes(500, 1))
    repo.write('large', someBytes(500, 2))
    repo.write('empty', '')
    const { stdout } = repo.annex('add', '.')
    expect(stdout).toContain('add small (non-large file; adding content to git repository) ok')
    for (const path of ['small', '.hidden', 'empty']) expectInGit(repo, path)
    expectPointer(repo, 'large')
    repo.git('commit', '-q', '-m', 'files')
    expectClean(repo)
  })

  test('--force-large and --force-small overrule them', () => {
    const repo = makeRepo('forced', ['annex.largefiles', 'largerthan=100'])
    repo.write('small', 'small\n')
    repo.write('large', someBytes(500, 2))
    repo.annex('add', '--force-large', 'small')
    repo.annex('add', '--force-small', 'large')
    expectPointer(repo, 'small')
    expectInGit(repo, 'large')
  })

  test('adds a modified file anew', () => {
    const repo = makeRepo('modified')
    repo.write('film', 'first\n')
    repo.annex('add', 'film')
    repo.git('commit', '-q', '-m', 'first')
    const before = expectPointer(repo, 'film')
    repo.write('film', 'second version\n')
    repo.annex('add', 'film')
    expect(expectPointer(repo, 'film')).not.toBe(before)
    repo.git('commit', '-q', '-m', 'second')
    expectClean(repo)
  })

  test('keeps the execute bit, and a name with a space, a quote and a newline', () => {
    const repo = makeRepo('names')
    for (const name of ['a b', 'it\'s "quoted"', 'two\nlines', '-dash', 'größe']) {
      repo.write(name, `${name}!`)
      chmodSync(repo.path(name), 0o755)
    }
    repo.annex('add', '.')
    expect(repo.git('ls-files', '-s').stdout.match(/^100755 /gm)).toHaveLength(5)
    repo.git('commit', '-q', '-m', 'names')
    expectClean(repo)
    expect(repo.realAnnex('fsck', '-q').status).toBe(0)
  })

  test('leaves ignored files alone unless it is told otherwise', () => {
    const repo = makeRepo('ignored')
    repo.write('.gitignore', '*.tmp\n')
    repo.write('a.tmp', 'a\n')
    repo.annex('add', '.')
    expect(repo.git('ls-files', 'a.tmp').stdout).toBe('')
    repo.annex('add', '--no-check-gitignore', '.')
    expectPointer(repo, 'a.tmp')
  })

  test('gives an ordinary symbolic link to git', () => {
    const repo = makeRepo('links')
    symlinkSync('somewhere', repo.path('link'))
    repo.annex('add', 'link')
    expect(repo.git('ls-files', '-s', 'link').stdout).toMatch(/^120000 /)
    expect(repo.git('show', ':link').stdout).toBe('somewhere')
  })

  test('--json names the key; --backend chooses it; --batch answers each file', () => {
    const repo = makeRepo('options')
    for (const name of ['a', 'b', 'c']) repo.write(name, `${name}\n`)
    const item = JSON.parse(repo.annex('add', '--json', 'a').stdout.split('\n')[0]!)
    expect(item).toMatchObject({ command: 'add', file: 'a', success: true })
    expect(item.key).toBe(repo.annex('lookupkey', 'a').stdout.trim())
    repo.annex('add', '--backend=MD5', 'b')
    expect(repo.annex('lookupkey', 'b').stdout).toMatch(/^MD5-s2--[0-9a-f]{32}\n$/)
    const { stdout } = repo.run(['git', 'annex', 'add', '--batch'], { input: 'c\na\n' })
    expect(stdout).toContain('add c ok\n\n')
  })

  test('names a path that is not there and adds the others', () => {
    const repo = makeRepo('missing')
    repo.write('film', 'content\n')
    const { status, stderr } = repo.tryAnnex('add', 'nope', 'film')
    expect(status).toBe(1)
    expect(stderr).toContain('git-annex: nope not found')
    expectPointer(repo, 'film')
  })
})
