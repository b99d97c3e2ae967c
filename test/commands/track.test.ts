import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectInGit, expectPointer } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const ATTRIBUTES =
  'filter=annex annex.largefiles=anything diff=annex merge=binary -text -ident -working-tree-encoding'
let count = 0

function makeRepo(): ScratchRepo {
  const repo = scratch.repo(`repo${count++}`)
  repo.annex('init')
  return repo
}

function catchAll(repo: ScratchRepo): boolean {
  const path = repo.path('.git/info/attributes')
  return existsSync(path) && readFileSync(path, 'utf8').includes('* filter=annex')
}

const lines = (repo: ScratchRepo) => repo.read('.gitattributes').toString()

describe('git annex track', () => {
  test('annexes what git add is given of a pattern, and stages the line', () => {
    const repo = makeRepo()
    expect(repo.annex('track', '*.psd').stdout).toBe(
      'track *.psd ok\n' +
        'track .gitattributes (staged) \n' +
        '  Only files of tracked patterns go through the filter now.\n' +
        'ok\n',
    )
    expect(lines(repo)).toBe(`*.psd ${ATTRIBUTES}\n`)
    expectInGit(repo, '.gitattributes')
    repo.write('a.psd', 'small')
    repo.write('sub/b.psd', 'small too')
    repo.write('big.txt', someBytes(2 << 20))
    repo.git('add', '.')
    expectPointer(repo, 'a.psd')
    expectPointer(repo, 'sub/b.psd')
    expectInGit(repo, 'big.txt')
    expectClean(repoCommitted(repo))
  })

  test('sends no other file through the filter', () => {
    const repo = makeRepo()
    repo.annex('track', '*.psd')
    repo.git('config', 'filter.annex.process', 'false')
    repo.write('a.txt', 'text')
    repo.git('add', 'a.txt')
    repo.write('a.psd', 'psd')
    expect(repo.tryGit('add', 'a.psd').status).not.toBe(0)
    expect(repo.git('ls-files').stdout).toBe('.gitattributes\na.txt\n')
  })

  test('changes nothing the second time, nor does init', () => {
    const repo = makeRepo()
    repo.annex('track', '*.psd')
    expect(repo.annex('track', '*.psd').stdout).toBe(
      'track *.psd (already tracked) ok\ntrack .gitattributes ok\n',
    )
    repo.annex('init')
    repo.realAnnex('init')
    expect(lines(repo)).toBe(`*.psd ${ATTRIBUTES}\n`)
    expect(catchAll(repo)).toBe(false)
  })

  test('completes the line of git-annex, and keeps other attributes and lines', () => {
    const repo = makeRepo()
    const others = '# mine\n*.txt text\n\n'
    repo.write('.gitattributes', `${others}*.psd annex.largefiles=nothing annex.numcopies=3 -diff`)
    repo.git('add', '.')
    repo.annex('track', '*.psd')
    expect(lines(repo)).toBe(`${others}*.psd annex.numcopies=3 ${ATTRIBUTES}`)
  })

  test('keeps the filter for all while annexed files match no pattern, and says so', () => {
    const repo = makeRepo()
    repo.write('old.bin', 'content')
    repo.annex('add', 'old.bin')
    expect(repo.annex('track', '*.psd').stdout).toContain('such as old.bin.')
    expect(catchAll(repo)).toBe(true)
    expect(repo.annex('track', '*.bin').stdout).toContain('Only files of tracked patterns')
    expect(catchAll(repo)).toBe(false)
    repo.git('commit', '-qm', 'all')
    repo.git('update-index', '--really-refresh')
    expectClean(repo)
  })

  test('does not stage a file that has other changes, and says how', () => {
    const repo = makeRepo()
    repo.write('.gitattributes', '*.a text\n')
    repo.git('add', '.')
    repo.write('.gitattributes', '*.b text\n')
    expect(repo.annex('track', '*.psd').stdout).toContain('stage it with git add .gitattributes')
    expect(repo.git('show', ':.gitattributes').stdout).toBe('*.a text\n')
    expect(lines(repo)).toBe(`*.b text\n*.psd ${ATTRIBUTES}\n`)
  })

  test.each([
    ['with space.bin', 'with space.bin'],
    ['#hash', '#hash'],
    ['!bang', '!bang'],
    ['! bang "quoted"', '! bang "quoted"'],
    ['tab\there', 'tab\there'],
    ['back\\\\slash', 'back\\slash'],
    ['ünïcode *', 'ünïcode 1'],
    ['dir/', 'dir/deep/file'],
    ['./here.bin', 'here.bin'],
    ['/top.bin', 'top.bin'],
  ])('quotes %j, which matches %j', (pattern, path) => {
    const repo = makeRepo()
    repo.annex('track', pattern)
    repo.write(path, `content of ${path}`)
    repo.git('add', '.')
    expectPointer(repo, path)
    expect(repo.annex('track', pattern).stdout).toContain('already tracked')
    expect(repo.annex('track').stdout).toMatch(/^.* \(\.gitattributes:1\)\n$/)
    repo.annex('untrack', pattern)
    expect(existsSync(repo.path('.gitattributes'))).toBe(false)
  })

  test('takes the name of a file with wildcards, and of a directory, for what they are', () => {
    const repo = makeRepo()
    repo.write('a[1].bin', 'one')
    repo.write('a1.bin', 'other')
    repo.write('dir/file', 'three')
    repo.annex('track', 'a[1].bin', 'dir')
    repo.git('add', '.')
    expectPointer(repo, 'a[1].bin')
    expectPointer(repo, 'dir/file')
    expectInGit(repo, 'a1.bin')
  })

  test('means the current directory and what is below, but writes at the top', () => {
    const repo = makeRepo()
    for (const path of ['a.bin', 'sub/a.bin', 'sub/deep/a.bin', 'sub/x/y'])
      repo.write(path, `content of ${path}`)
    repo.run(['git', 'annex', 'track', '*.bin', 'x/*'], { cwd: repo.path('sub') })
    expect(repo.annex('track').stdout).toBe(
      'sub/**/*.bin (.gitattributes:1)\nsub/x/* (.gitattributes:2)\n',
    )
    repo.git('add', '.')
    for (const path of ['sub/a.bin', 'sub/deep/a.bin', 'sub/x/y']) expectPointer(repo, path)
    expectInGit(repo, 'a.bin')
  })

  test('keeps git from converting anything', () => {
    const repo = makeRepo()
    repo.git('config', 'core.autocrlf', 'true')
    repo.write('.gitattributes', '[ab].* text eol=crlf ident working-tree-encoding=UTF-16\n')
    repo.git('-c', 'core.safecrlf=false', 'add', '.')
    repo.annex('track', '*.bin')
    const content = 'lines\nwith $Id$\r\nof all kinds\n'
    repo.write('a.bin', content)
    repo.git('add', 'a.bin')
    const key = expectPointer(repo, 'a.bin')
    repo.git('commit', '-qm', 'a')
    for (const make of [() => repo.run(['rm', 'a.bin']), () => repo.write('a.bin', 'other')]) {
      make()
      repo.git('checkout', 'a.bin')
      expectContent(repo, 'a.bin', content)
    }
    expectClean(repo)
    const clone = scratch.clone(repo, `clone${count++}`)
    clone.git('config', 'core.autocrlf', 'true')
    clone.annex('init')
    expect(clone.read('a.bin').toString()).toBe(`/annex/objects/${key}\n`)
    expect(catchAll(clone)).toBe(false)
  })

  test('names the files that git holds already, and how to annex them', () => {
    const repo = makeRepo()
    for (const path of ['a.psd', 'b.psd', 'c.txt']) repo.write(path, path)
    repo.git('add', '.')
    expect(repo.annex('track', '*.psd').stdout).toContain(
      'Already in git, and left there: a.psd and 1 more. To annex one: git rm --cached FILE && ',
    )
    repo.run(['sh', '-c', 'git rm -q --cached a.psd && git annex add a.psd'])
    expectPointer(repo, 'a.psd')
  })

  test('--json tells patterns and where they stand', () => {
    const repo = makeRepo()
    expect(repo.annex('track', '--json', './a b').stdout.split('\n').map(parse)).toEqual([
      expect.objectContaining({
        command: 'track',
        input: ['./a b'],
        pattern: 'a b',
        success: true,
      }),
      expect.objectContaining({ 'all-files-filtered': false, success: true }),
      undefined,
    ])
    expect(JSON.parse(repo.annex('track', '--json').stdout)).toMatchObject({
      pattern: 'a b',
      'attributes-file': '.gitattributes',
      line: 1,
    })
  })

  test('has git annex add and unlock mind what no pattern matches', () => {
    const repo = makeRepo()
    repo.annex('track', '*.psd')
    repo.write('a.psd', 'tracked')
    repo.write('b.txt', 'not tracked')
    expect(repo.annex('add', '.').stdout).toContain(
      'add b.txt (locked, as no tracked pattern matches it) ok\n',
    )
    repo.git('commit', '-qm', 'x')
    expectClean(repo)
    expectPointer(repo, 'a.psd')
    expect(repo.git('ls-files', '-s', 'b.txt').stdout).toMatch(/^120000 /)
    expect(repo.tryAnnex('unlock', 'b.txt')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no tracked pattern matches it'),
    })
    repo.annex('track', '*.txt')
    repo.annex('unlock', 'b.txt')
    expectPointer(repo, 'b.txt')
    repo.git('commit', '-qm', 'y')
    expectClean(repo)
    expectContent(repo, 'b.txt', 'not tracked')
  })

  test.each([[''], ['[attr]annex'], ['x'.repeat(3000)]])('refuses %j', (pattern) => {
    const repo = makeRepo()
    expect(repo.tryAnnex('track', pattern)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot be a pattern of gitattributes'),
    })
    expect(catchAll(repo)).toBe(true)
  })
})

function repoCommitted(repo: ScratchRepo): ScratchRepo {
  repo.git('commit', '-qm', 'all')
  return repo
}

function parse(line: string): unknown {
  return line === '' ? undefined : JSON.parse(line)
}
