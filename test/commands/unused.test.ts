import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
import { makeFamily } from '../support/family.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const ABSENT = 'SHA256E-s9--e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** A repository with annexed files of these names, committed. */
function makeRepo(name: string, files: readonly string[]): ScratchRepo {
  const repo = scratch.repo(name)
  repo.annex('init', name)
  repo.git('config', 'annex.largefiles', 'anything')
  for (const file of files) repo.write(file, `content of ${file}\n`)
  repo.annex('add', '-q', '.')
  repo.git('commit', '-qm', 'files')
  return repo
}

/** The keys listed, by their numbers. */
function listUnused(repo: ScratchRepo, ...args: string[]): Record<string, string> {
  return JSON.parse(repo.annex('unused', '--json', ...args).stdout)['unused-list']
}

/** Stages a file for a moment: its content stays, and nothing uses it. @returns its key */
function makeUnused(repo: ScratchRepo, name: string): string {
  repo.write(name, `content of ${name}\n`)
  repo.git('add', name)
  const key = expectPointer(repo, name)
  repo.git('rm', '-qf', name)
  return key
}

describe('git annex unused', () => {
  test('counts indexes, branches, tags, stashes and other work trees as users', () => {
    const repo = makeRepo('users', ['index', 'branch', 'tag', 'stash', 'tree', 'detached'])
    const keys = Object.fromEntries(
      ['branch', 'tag', 'tree', 'detached'].map((file) => [file, expectPointer(repo, file)]),
    )
    repo.git('branch', 'old')
    repo.git('tag', '-a', '-m', 'v1', 'v1')
    repo.git('worktree', 'add', '-q', '--detach', '../users-tree')
    repo.git('rm', '-q', 'branch', 'tag', 'tree', 'detached')
    repo.git('commit', '-qm', 'less')
    for (const content of ['first', 'second']) {
      repo.write('stash', content)
      repo.git('stash', '-q')
    }
    expect(listUnused(repo)).toEqual({})
    repo.git('branch', '-D', 'old')
    expect(listUnused(repo)).toEqual({})
    repo.git('tag', '-d', 'v1')
    expect(listUnused(repo)).toEqual({})
    const other = scratch.open('users-tree')
    other.git('checkout', '-q', '--detach', 'main')
    expect(Object.values(listUnused(repo)).sort()).toEqual(Object.values(keys).sort())
    other.git('checkout', '-q', 'HEAD~1', '--', 'tree')
    expect(Object.values(listUnused(repo))).not.toContain(keys.tree)
    repo.git('stash', 'clear')
    expect(Object.keys(listUnused(repo))).toHaveLength(5)
  })

  test('counts what an unfinished rebase will put back as used', () => {
    const repo = makeRepo('rebase', ['a', 'b'])
    repo.git('checkout', '-qb', 'side')
    repo.write('b', 'of side\n')
    repo.git('commit', '-qam', 'side')
    repo.git('checkout', '-q', 'main')
    repo.write('b', 'of main\n')
    repo.git('commit', '-qam', 'main')
    repo.git('checkout', '-q', 'side')
    repo.write('a', 'not committed\n')
    expect(repo.tryGit('rebase', '-q', '--autostash', 'main').status).toBe(1)
    expect(listUnused(repo)).toEqual({})
    repo.git('rebase', '--abort')
    expect(repo.read('a').toString()).toBe('not committed\n')
  })

  test('counts what stands in the work tree only, and content that git asked about', () => {
    const repo = makeRepo('tree', ['changed', 'kept'])
    const staged = makeUnused(repo, 'staged')
    expect(Object.values(listUnused(repo))).toEqual([staged])
    repo.write('pointer', `/annex/objects/${staged}\n`)
    expect(listUnused(repo)).toEqual({})
    repo.run(['rm', 'pointer'])
    mkdirSync(repo.path('sub'))
    symlinkSync(`../.git/annex/objects/xx/yy/${staged}/${staged}`, repo.path('sub/link'))
    expect(listUnused(repo)).toEqual({})
    repo.run(['rm', '-r', 'sub'])
    repo.write('changed', 'changed, not staged\n')
    expect(repo.tryGit('diff', '--quiet').status).toBe(1)
    expect(Object.values(listUnused(repo))).toEqual([staged])
    repo.git('checkout', '-q', 'changed')
    expect(Object.keys(listUnused(repo))).toHaveLength(2)
  })

  test('--used-refspec and annex.used-refspec choose the refs', () => {
    const repo = makeRepo('spec', ['a', 'b'])
    const key = expectPointer(repo, 'a')
    repo.git('branch', 'old')
    repo.git('rm', '-q', 'a')
    repo.git('commit', '-qm', 'less')
    const only = (spec: string) => Object.values(listUnused(repo, '--used-refspec', spec))
    expect(only('+refs/heads/*:+HEAD')).toEqual([])
    expect(only('+refs/heads/*:-refs/heads/o*')).toEqual([key])
    expect(only('+HEAD')).toEqual([key])
    expect(only('+HEAD^')).toEqual([])
    expect(only('+HEAD:reflog')).toEqual([])
    expect(repo.tryAnnex('unused', '--used-refspec', 'foo').stderr).toContain(
      'bad refspec item "foo" (expected + or - prefix)',
    )
    repo.git('config', 'annex.used-refspec', '+refs/heads/main')
    expect(Object.values(listUnused(repo))).toEqual([key])
  })

  test('writes numbered lists, with times that stay', () => {
    const repo = makeRepo('lists', ['a'])
    const key = makeUnused(repo, 'b')
    for (const dir of ['bad', 'tmp']) {
      mkdirSync(repo.path('.git/annex', dir), { recursive: true })
      for (const name of [ABSENT, expectPointer(repo, 'a')])
        writeFileSync(repo.path('.git/annex', dir, name), 'x')
    }
    const { stdout } = repo.annex('unused')
    expect(stdout).toContain(`    1       ${key}\n`)
    expect(stdout).toMatch(
      /preserved by fsck, just in case:\n {4}NUMBER {2}KEY\n {4}2 {7}SHA256E-s9--/,
    )
    expect(stdout).toMatch(/exists in temporary files:\n {4}NUMBER {2}KEY\n {4}3 {7}SHA256E-s9--/)
    expect(existsSync(repo.path('.git/annex/tmp', expectPointer(repo, 'a')))).toBe(false)
    const read = () => readFileSync(repo.path('.git/annex/unused'), 'utf8')
    const before = read()
    expect(before).toMatch(new RegExp(`^1 ${key} \\d+(\\.\\d+)?s\n$`))
    const second = makeUnused(repo, 'c')
    repo.annex('unused')
    expect(read().split('\n')).toHaveLength(3)
    expect(read()).toContain(before.slice(2))
    expect(repo.annex('drop', '--unused', '--force').stdout.match(/ok$/gm)).toHaveLength(2)
    for (const dropped of [key, second]) expectNotPresent(repo, dropped)
    expect(repo.annex('unused', '--fast').stdout).toContain('only finding stale files')
    expect(read()).toBe('')
  })

  test('--from lists what a remote has, and --drop drops it where others have it', () => {
    const { repo, remotes, key } = makeFamily(scratch, ['a', 'b'])
    repo.git('rm', '-q', 'f')
    repo.git('commit', '-qm', 'less')
    const main = ['--used-refspec', '+refs/heads/main']
    expect(Object.values(listUnused(repo, '--from', 'a', ...main))).toEqual([key])
    expect(repo.annex('dropunused', '--from', 'a', '1').stdout).toContain(
      'dropunused 1 (from a...) ok',
    )
    expectNotPresent(remotes[0]!, key)
    expect(repo.tryAnnex('unused', '--from', 'b', '--drop', ...main).status).toBe(1)
    expectPresent(remotes[1]!, key)
    expect(repo.tryAnnex('unused', '--from', 'nope').status).toBe(1)
    repo.git('config', 'annex.largefiles', 'anything')
    const mine = makeUnused(repo, 'mine')
    expect(repo.tryAnnex('unused', '--drop').stdout).toContain('dropunused 1 (unsafe)')
    expectPresent(repo, mine)
    repo.annex('unused')
    repo.annex('move', '--unused', '--to', 'b')
    expectPresent(remotes[1]!, mine)
  })
})

describe('annex.autodrop-removed', () => {
  test('makes sync drop what was removed, once the remote knows and has a copy', () => {
    const origin = scratch.repo('origin.git', '--bare')
    origin.annex('init', 'origin')
    const repo = makeRepo('removed', ['gone', 'kept'])
    const key = expectPointer(repo, 'gone')
    const precious = makeUnused(repo, 'precious')
    repo.git('remote', 'add', 'origin', origin.dir)
    repo.annex('sync', '-q', '--content')
    repo.git('rm', '-q', 'gone')
    repo.git('commit', '-qm', 'less')
    repo.annex('sync', '-q')
    expectPresent(repo, key)
    repo.git('config', 'annex.autodrop-removed', 'true')
    renameSync(origin.dir, `${origin.dir}-away`)
    repo.tryAnnex('sync', '-q')
    expectPresent(repo, key)
    renameSync(`${origin.dir}-away`, origin.dir)
    expect(repo.annex('sync').stdout).toContain(`drop ${key} ok`)
    expectNotPresent(repo, key)
    expectPresent(origin, key)
    expectPresent(repo, precious)
    expectPresent(repo, expectPointer(repo, 'kept'))
    expect(repo.git('rev-parse', 'git-annex', 'origin/git-annex').stdout).toMatch(/^(\w+)\n\1\n$/)
  })
})
