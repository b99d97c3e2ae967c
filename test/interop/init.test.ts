import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectPointer } from '../support/expect.js'
import { makePeerClone } from '../support/oracle.js'
import { PROJECT, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
let count = 0

function makeRepo(...initArgs: string[]): ScratchRepo {
  return scratch.repo(`r${count++}`, ...initArgs)
}

function uuidOf(repo: ScratchRepo): string {
  return repo.git('config', 'annex.uuid').stdout.trim()
}

function describeOf(repo: ScratchRepo): string {
  const log = repo.git('cat-file', 'blob', 'git-annex:uuid.log').stdout
  const line = log.split('\n').find((entry) => entry.startsWith(uuidOf(repo)))
  return line!.slice(37).replace(/ timestamp=.*/, '')
}

describe('git annex init', () => {
  test.each([
    [[], 'init  ok\n'],
    [['my', 'laptop'], 'init my laptop ok\n'],
  ])('%j says what git-annex says', (args, output) => {
    for (const program of ['ours', 'real'] as const) {
      const argv = ['git', 'annex', 'init', ...args]
      const { stdout } = makeRepo().run(argv, { program })
      expect(stdout.replace('(recording state in git...)\n', '')).toBe(output)
    }
  })

  test('describes the place when it is given no description', () => {
    const repo = scratch.repo('home/sub dir')
    repo.annex('init')
    expect(describeOf(repo)).toBe(`${userInfo().username}@${hostname()}:~/sub dir`)
    const bare = makeRepo('--bare')
    bare.annex('init')
    expect(describeOf(bare)).toBe(`${userInfo().username}@${hostname()}:${bare.dir}`)
  })

  test.each(['Ünï côde ☃', 'two\nlines', '-- dashes', '=?', '  blanks  '])(
    'takes %j as a description, which git-annex reads',
    (description) => {
      const repo = makeRepo()
      repo.annex('init', '--', description)
      const info = JSON.parse(repo.realAnnex('info', '--fast', '--json', 'here').stdout)
      expect(info.description).toBe(`${description.replace('\n', '\\n')} [here]`)
    },
  )

  test('leaves annex.addunlocked alone where the user has set it', () => {
    scratch.run(['git', 'config', '--global', 'annex.addunlocked', 'false'])
    const repo = makeRepo()
    repo.annex('init')
    expect(repo.tryGit('config', '--local', 'annex.addunlocked').status).toBe(1)
    scratch.run(['git', 'config', '--global', '--unset', 'annex.addunlocked'])
    repo.annex('init')
    expect(repo.git('config', '--local', 'annex.addunlocked').stdout).toBe('true\n')
  })

  test('is prevented by a file .noannex, as in git-annex', () => {
    const repo = makeRepo()
    repo.write('.noannex', 'not here\n')
    for (const program of ['ours', 'real'] as const) {
      const { status, stderr } = repo.tryRun(['git', 'annex', 'init'], { program })
      expect([status, stderr]).toEqual([1, expect.stringContaining('not here')])
      expect(repo.tryGit('config', 'annex.uuid').status).toBe(1)
      expect(existsSync(repo.path('.git/hooks/pre-commit'))).toBe(false)
    }
  })

  test('refuses repositories of versions that it does not know', () => {
    const repo = makeRepo()
    repo.git('config', 'annex.uuid', '11111111-2222-4333-8444-555555555555')
    repo.git('config', 'annex.version', '5')
    expect(repo.tryAnnex('init').stderr).toContain('is at unsupported version 5.')
    expect(repo.tryAnnex('find').status).toBe(1)
    expect(makeRepo().tryAnnex('init', '--version=7').status).toBe(1)
  })

  test('works for users whom git does not know', () => {
    const repo = makeRepo()
    const env = { GIT_CONFIG_GLOBAL: '/dev/null', EMAIL: undefined }
    const [ours, real] = [repo, makeRepo()].map((one, i) => {
      const program = i === 0 ? 'ours' : 'real'
      one.run(['git', 'annex', 'init'], { env, program })
      return one.tryRun(['git', 'config', '--local', 'user.name'], { env }).stdout
    })
    expect(ours).toBe(real)
    expect(repo.git('log', '--format=%s', 'git-annex').stdout).toContain('branch created')
  })

  test('brings a repository of git-annex up to date, which both go on using', () => {
    const repo = makeRepo()
    repo.realAnnex('init', 'theirs')
    const uuid = uuidOf(repo)
    repo.annex('init')
    expect([uuidOf(repo), describeOf(repo)]).toEqual([uuid, 'theirs'])
    expect(repo.read('.git/hooks/pre-commit').toString()).toContain('annexe hook')
    repo.realAnnex('init')
    repo.write('f', 'content')
    repo.realAnnex('add', 'f')
    repo.git('commit', '-qm', 'f')
    expectClean(repo)
    expect(repo.annex('find').stdout).toBe('f\n')
  })
})

describe('git annex init, of a clone,', () => {
  test('takes the branch of origin over; any command does so by itself', () => {
    const origin = makeRepo()
    origin.annex('init', 'the origin')
    origin.write('f', 'content')
    origin.annex('add', 'f')
    origin.git('commit', '-qm', 'f')
    const clone = scratch.clone(origin, `c${count++}`)
    const { stdout } = clone.annex('whereis', 'f')
    expect(stdout).toContain(`${uuidOf(origin)} -- the origin [origin]`)
    expect(uuidOf(clone)).toMatch(UUID)
    expect(uuidOf(clone)).not.toBe(uuidOf(origin))
    expect(clone.tryGit('config', 'branch.git-annex.remote').status).toBe(1)
    expect(clone.git('merge-base', 'git-annex', 'origin/git-annex').stdout).toBe(
      clone.git('rev-parse', 'origin/git-annex').stdout,
    )
    clone.annex('get', 'f')
    expectContent(clone, 'f', 'content')
    expectClean(clone)
  })

  test('is refused where .noannex forbids it, and in what is no clone of an annex', () => {
    const origin = makeRepo()
    origin.annex('init')
    origin.write('.noannex', '')
    origin.git('add', '.noannex')
    origin.git('commit', '-qm', 'no')
    const clone = scratch.clone(origin, `c${count++}`)
    expect(clone.tryAnnex('find').status).toBe(1)
    expect(clone.tryGit('config', 'annex.uuid').status).toBe(1)
    expect(makeRepo().tryAnnex('find').stderr).toBe('git-annex: First run: git-annex init\n')
  })

  test('made by git clone --shared links contents and does not count as a copy', () => {
    const origin = makeRepo()
    origin.annex('init')
    origin.git('commit', '-q', '--allow-empty', '-m', 'first')
    const shared = scratch.clone(origin, `c${count++}`, '--shared')
    shared.annex('init')
    expect(shared.git('config', 'annex.hardlink').stdout).toBe('true\n')
    expect(shared.git('cat-file', 'blob', 'git-annex:trust.log').stdout).toContain(
      `${uuidOf(shared)} 0 `,
    )
    expect(shared.realAnnex('info', '--fast', '--json', 'here').stdout).toContain('"untrusted"')
  })

  test('that git-annex has made works at once', () => {
    const clone = makePeerClone(scratch)
    expect(clone.annex('init').stdout).toBe('init  ok\n')
    expectClean(clone)
  })
})

describe('git annex init, in unusual repositories,', () => {
  test('puts hooks where core.hooksPath says', () => {
    const repo = makeRepo()
    repo.git('config', 'core.hooksPath', '.git/my hooks')
    repo.annex('init')
    expect(readFileSync(repo.path('.git/my hooks/pre-commit'), 'utf8')).toContain('annexe hook')
    expect(existsSync(repo.path('.git/hooks/pre-commit'))).toBe(false)
  })

  test('chains to a hook that was there', () => {
    const repo = makeRepo()
    repo.write('.git/hooks/post-checkout', `#!/bin/sh\necho "was here" >> ${repo.dir}/said\n`)
    repo.run(['chmod', '+x', '.git/hooks/post-checkout'])
    repo.annex('init')
    repo.git('commit', '-q', '--allow-empty', '-m', 'first')
    repo.git('checkout', '-q', '-b', 'other')
    expectContent(repo, 'said', 'was here\n')
  })

  test('serves linked work trees, whose links it makes lead somewhere', () => {
    const repo = makeRepo()
    repo.annex('init')
    repo.write('locked', 'locked content\n')
    repo.write('unlocked.bin', someBytes(9000, 2))
    repo.annex('add', '-q', '-c', 'annex.addunlocked=include=*.bin', '.')
    repo.git('commit', '-qm', 'files')
    repo.git('worktree', 'add', '-q', '-b', 'other', scratch.path(`wt${count}`))
    const linked = scratch.open(`wt${count++}`)
    expectContent(linked, 'locked', 'locked content\n')
    expectContent(linked, 'unlocked.bin', someBytes(9000, 2))
    expectClean(linked)
    linked.write('new', 'new content\n')
    linked.annex('add', '-q', '-c', 'annex.addunlocked=false', 'new')
    linked.git('commit', '-qm', 'new')
    expectContent(linked, 'new', 'new content\n')
    expect(uuidOf(linked)).toBe(uuidOf(repo))
    linked.annex('drop', '--force', '-q', 'unlocked.bin')
    expect(linked.realAnnex('find', '--in=here').stdout).toBe('locked\nnew\n')
    expectContent(
      linked,
      'unlocked.bin',
      `/annex/objects/${expectPointer(linked, 'unlocked.bin')}\n`,
    )
    for (const tree of [linked, repo]) expectClean(tree)
  })

  test('leaves the .git file of a work tree that has no links', () => {
    const repo = makeRepo()
    repo.annex('init')
    repo.write('f', 'content')
    repo.annex('add', '-q', 'f')
    repo.git('commit', '-qm', 'f')
    repo.git('worktree', 'add', '-q', '-b', 'other', scratch.path(`wt${count}`))
    const linked = scratch.open(`wt${count++}`)
    linked.annex('find')
    expect(lstatSync(linked.path('.git')).isFile()).toBe(true)
    repo.git('worktree', 'remove', linked.dir)
  })

  test('understands work trees that git-annex has changed', () => {
    const repo = makeRepo()
    repo.realAnnex('init')
    repo.write('f', 'content')
    repo.realAnnex('add', 'f')
    repo.realGit('commit', '-qm', 'f')
    repo.realGit('worktree', 'add', '-q', '-b', 'other', scratch.path(`wt${count}`))
    const linked = scratch.open(`wt${count++}`)
    expect(lstatSync(linked.path('.git')).isSymbolicLink()).toBe(true)
    expect(linked.annex('find').stdout).toBe('f\n')
    linked.annex('unlock', 'f')
    linked.git('commit', '-qm', 'unlocked')
    expectContent(linked, 'f', 'content')
    expectClean(linked)
    expect(existsSync(scratch.path('annex'))).toBe(false)
  })

  test('works in a submodule, and leaves the repository around it alone', () => {
    const module = makeRepo()
    module.annex('init', 'module')
    module.write('locked', 'locked content\n')
    module.annex('add', '-q', '-c', 'annex.addunlocked=false', 'locked')
    module.git('commit', '-qm', 'files')
    const outer = makeRepo()
    outer.git('submodule', '--quiet', 'add', module.dir, 'sub')
    const sub = scratch.open(`r${count - 1}/sub`)
    sub.annex('init', 'in the submodule')
    sub.annex('get', '-q')
    expectContent(sub, 'locked', 'locked content\n')
    expectClean(sub)
    expect(existsSync(outer.path('.git/annex'))).toBe(false)
    expect(outer.tryGit('config', 'annex.uuid').status).toBe(1)
    outer.git('commit', '-qm', 'sub')
    expectClean(outer)
    outer.git('submodule', 'update')
    expect(sub.annex('whereis', 'locked').stdout).toContain('(2 copies)')
  })

  test('initialises nothing outside of a repository', () => {
    expect(scratch.tryRun(['git-annex', 'init'], { cwd: scratch.home })).toMatchObject({
      status: 1,
      stderr: 'git-annex: Not in a git repository.\n',
    })
    expect(existsSync(`${PROJECT}/nowhere`)).toBe(false)
  })
})
