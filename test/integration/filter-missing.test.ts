import {
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectPointer } from '../support/expect.js'
import { GITS, type Git, MISSING_GITS } from '../support/gits.js'
import { Scratch, type ScratchRepo, someBytes } from '../support/scratch-repo.js'

/** A filter that is gone, does something else, or dies: git must fail and store nothing raw. */
const BIG = someBytes(2 << 20)
const NOT_FOUND =
  'git-annex, which keeps large files here, was not found: install it again or put it on PATH'
const STUBS: readonly (readonly [string, string | undefined])[] = [
  ['that is gone', undefined],
  [
    'of a version without the command',
    'echo "git-annex: unknown command filter-process" >&2; exit 1',
  ],
  ['that speaks another language', 'echo "Usage: git-annex COMMAND"; cat >/dev/null'],
  ['that ends at once', 'exit 0'],
  ['that dies', 'kill -KILL $$'],
]

/** What differs between versions of git. */
const MAIN = ['that is gone', 'that dies']

describe.each(GITS)(`$name${MISSING_GITS}, with a filter`, (git) => {
  const scratch = Scratch.make(git.env)
  afterAll(() => scratch.remove())

  test.each(git === GITS[0] ? STUBS : STUBS.filter(([what]) => MAIN.includes(what)))(
    '%s: stages nothing, loses nothing, and all is well when it is back',
    (what, stub) => {
      const repo = scratch.repo(what.replaceAll(' ', '-'))
      repo.annex('init', '-q')
      repo.write('big', BIG)
      repo.write('text', 'text\n')
      // So that git has no reason to look at them again.
      for (const path of ['big', 'text']) utimesSync(repo.path(path), 1e9, 1e9)
      repo.git('add', '.')
      repo.git('commit', '-qm', 'one')
      const env = { PATH: pathWith(scratch, git, what, stub) }
      const usual = repo.git('config', 'filter.annex.process').stdout.trim()
      repo.git('config', 'filter.annex.process', usual.replace(/a='[^']*'/, "a='/gone/git-annex'"))
      const run = (...args: string[]) => repo.tryRun(['git', ...args], { env })

      expect(run('status', '--porcelain')).toMatchObject({ status: 0, stdout: '' })
      expect(run('log', '-p').status).toBe(0)
      repo.write('new', someBytes(2 << 20, 7))
      repo.write('small', 'small\n')
      for (const path of ['new', 'small']) {
        const { status, stderr } = run('add', path)
        expect(status).not.toBe(0)
        if (stub === undefined) expect(stderr).toContain(NOT_FOUND)
        rmSync(repo.path('.git/index.lock'), { force: true })
        expect(repo.git('ls-files', path).stdout).toBe('')
      }
      rmSync(repo.path('big'))
      expect(run('checkout', '--', 'big').status).not.toBe(0)
      expect(existsSync(repo.path('big'))).toBe(false)

      repo.git('config', 'filter.annex.process', usual)
      rmSync(repo.path('.git/index.lock'), { force: true })
      repo.git('checkout', '--', 'big')
      expectContent(repo, 'big', BIG)
      repo.git('add', '.')
      expectPointer(repo, 'new')
      repo.git('commit', '-qm', 'two')
      expectClean(repo)
    },
  )

  test('that is gone: an ordinary commit still works, and git annex init writes the new place', () => {
    const repo = makeMoved(scratch)
    const env = { PATH: pathWith(scratch, git, 'moved', undefined) }
    expect(repo.tryRun(['git', 'commit', '-q', '--allow-empty', '-m', 'x'], { env }).status).toBe(0)
    repo.annex('init', '-q')
    repo.write('big', BIG)
    repo.git('add', 'big')
    expectPointer(repo, 'big')
  })
})

function makeMoved(scratch: Scratch): ScratchRepo {
  const repo = scratch.repo('moved')
  repo.annex('init', '-q')
  const usual = repo.git('config', 'filter.annex.process').stdout.trim()
  repo.git('config', 'filter.annex.process', usual.replace(/a='[^']*'/, "a='/gone/git-annex'"))
  return repo
}

/** A PATH with git and the usual tools, and with that git-annex or none. */
function pathWith(scratch: Scratch, { env }: Git, name: string, stub: string | undefined): string {
  const dir = scratch.path(`bin of ${name}`)
  mkdirSync(dir)
  const path = env.PATH ?? process.env.PATH!
  const find = (tool: string) =>
    path
      .split(delimiter)
      .map((each) => join(each, tool))
      .find(existsSync)
  for (const tool of ['git', 'sh', 'cat', 'rm', 'sed', 'grep'])
    symlinkSync(find(tool)!, join(dir, tool))
  if (stub !== undefined) {
    const file = join(dir, 'git-annex')
    writeFileSync(file, `#!/bin/sh\n${stub}\n`)
    chmodSync(file, 0o755)
  }
  return dir
}
