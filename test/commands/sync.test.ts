import { describe, expect, test } from '@jest/globals'
import {
  expectClean,
  expectContent,
  expectNotPresent,
  expectPointer,
  expectPresent,
} from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Two clones of a bare repository; the first has an annexed file. */
function makeClones(name: string): { bare: ScratchRepo; a: ScratchRepo; b: ScratchRepo } {
  const bare = scratch.repo(`${name}.git`, '--bare')
  const a = scratch.clone(bare, `${name}-a`)
  a.annex('init', 'a')
  a.git('config', 'annex.largefiles', 'largerthan=1kb')
  a.write('film', someBytes(4000, 1))
  a.git('add', 'film')
  a.git('commit', '-q', '-m', 'film')
  a.annex('sync')
  const b = scratch.clone(bare, `${name}-b`)
  b.annex('init', 'b')
  b.annex('sync')
  return { bare, a, b }
}

describe('git annex sync', () => {
  test('carries commits and the knowledge of contents between clones of a bare repository', () => {
    const { a, b } = makeClones('bare')
    expectPointer(b, 'film')
    expect(b.annex('whereis', 'film').stdout).toContain('-- a')
    b.write('notes', 'notes\n')
    b.git('add', 'notes')
    b.annex('sync')
    expect(b.git('log', '-1', '--format=%s').stdout).toBe('git-annex in b\n')
    a.annex('sync')
    expectContent(a, 'notes', 'notes\n')
    expect(a.annex('info', '--fast').stdout).toContain('-- b')
    for (const repo of [a, b]) expectClean(repo)
  })

  test('says what it does in the words of git-annex, and nothing about a push in vain', () => {
    const { a } = makeClones('words')
    a.annex('sync')
    const { stdout } = a.annex('sync')
    expect(stdout).toMatch(/^commit \n[\s\S]*ok\npull origin \nok\n$/)
  })

  test('--content brings contents to every side', () => {
    const { bare, a, b } = makeClones('content')
    const key = a.annex('lookupkey', 'film').stdout.trim()
    a.annex('sync', '--content')
    expectPresent(bare, key)
    b.annex('sync', '--content')
    expectContent(b, 'film', someBytes(4000, 1))
    expect(b.annex('whereis', 'film').stdout).toContain('(3 copies)')
    expectClean(b)
  })

  test('--no-push and --no-pull do half of it', () => {
    const { a, b } = makeClones('half')
    a.write('notes', 'notes\n')
    a.git('add', 'notes')
    a.annex('sync', '--no-push')
    b.annex('sync')
    expect(b.tryRun(['git', 'cat-file', '-e', 'HEAD:notes']).status).not.toBe(0)
    a.annex('sync', '--no-pull')
    b.annex('sync')
    expectContent(b, 'notes', 'notes\n')
  })

  test('goes on by turns with the real git-annex', () => {
    const { a, b } = makeClones('turns')
    a.write('from-a', 'a\n')
    a.git('add', 'from-a')
    a.annex('sync', '-m', 'ours')
    b.realAnnex('sync')
    expectContent(b, 'from-a', 'a\n')
    b.write('from-b', 'b\n')
    b.realGit('add', 'from-b')
    b.realAnnex('sync', '-m', 'theirs')
    a.annex('sync')
    expectContent(a, 'from-b', 'b\n')
    expect(a.git('log', '-1', '--format=%s', 'origin/main').stdout).toBe('theirs\n')
    expectClean(a)
  })

  test('syncs with a repository that has its branch checked out', () => {
    const origin = scratch.repo('checked-out')
    origin.annex('init', 'origin')
    origin.git('commit', '-q', '--allow-empty', '-m', 'first')
    const clone = scratch.clone(origin, 'checked-out-clone')
    clone.annex('init', 'clone')
    clone.write('notes', 'notes\n')
    clone.git('add', 'notes')
    clone.annex('sync')
    origin.annex('sync')
    expectContent(origin, 'notes', 'notes\n')
    expectClean(origin)
  })

  test('fails for a remote that is not there', () => {
    const { a } = makeClones('unknown')
    const { status, stderr } = a.tryAnnex('sync', 'nowhere')
    expect(status).toBe(1)
    expect(stderr).toContain('there is no available git remote named "nowhere"')
  })

  test('--content drops what is not wanted, -C and --all choose which contents', () => {
    const { bare, a } = makeClones('wanted')
    const keyOf = (name: string) => a.annex('lookupkey', name).stdout.trim()
    a.write('sub/song', someBytes(3000, 2))
    a.write('old', someBytes(2000, 3))
    a.annex('add', '.')
    a.git('commit', '-qm', 'more')
    const old = keyOf('old')
    a.git('rm', '-q', 'old')
    a.annex('sync', '-C', 'sub')
    expectPresent(bare, keyOf('sub/song'))
    expectNotPresent(bare, keyOf('film'))
    // From below, all of the work tree is meant.
    a.run(['git', 'annex', 'sync', '--content', '--all', '-J2'], { cwd: a.path('sub') })
    for (const key of [keyOf('film'), old]) expectPresent(bare, key)
    a.annex('wanted', '.', 'include=film')
    a.annex('wanted', 'origin', 'include=sub/* or include=film')
    const { stdout } = a.annex('sync', '--content')
    expect(stdout).toContain('drop sub/song ok\n')
    expect(stdout).not.toContain('film')
    expectNotPresent(a, keyOf('sub/song'))
    expectPresent(bare, keyOf('sub/song'))
  })

  test('--cleanup removes the synced branches, here and there', () => {
    const { bare, a } = makeClones('cleanup')
    expect(a.annex('sync', '--cleanup').stdout).toBe('cleanup local ok\ncleanup origin ok\n')
    for (const repo of [a, bare])
      expect(repo.git('for-each-ref', '--format=%(refname)').stdout).not.toContain('synced')
  })

  test('takes several messages, and the remotes of a group', () => {
    const { bare, a } = makeClones('group')
    a.git('config', 'remotes.near', 'origin')
    a.write('notes', 'notes\n')
    a.git('add', 'notes')
    a.annex('sync', 'near', '-m', 'first', '-m', 'second')
    expect(bare.git('log', '-1', '--format=%B', 'main').stdout).toBe('first\n\nsecond\n\n')
  })
})
