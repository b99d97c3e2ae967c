import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readConfig } from '../../../src/git/config.js'
import { hookTexts } from '../../../src/git/hook-texts.js'
import { installHooks, isHaskellHook, isOurHook, removeHooks } from '../../../src/git/hooks.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { expectClean } from '../../support/expect.js'
import { PROJECT, type ScratchRepo, useScratch } from '../../support/scratch.js'

const NAMES = Object.keys(hookTexts)
const scratch = useScratch()
let count = 0

const newRepo = () => scratch.repo(`repo ${count++}`)

/** Our code under test asks git with this process's environment, so it gets the scratch one. */
function withScratchHome<T>(work: () => T): T {
  const { HOME } = process.env
  process.env.HOME = scratch.home
  try {
    return work()
  } finally {
    process.env.HOME = HOME
  }
}

function install(repo: ScratchRepo, executable = '/opt/git-annex') {
  return withScratchHome(() => {
    const repository = openRepositoryAt(repo.dir)!
    return installHooks(repository, readConfig(repository), { executable })
  })
}

function uninstall(repo: ScratchRepo) {
  return withScratchHome(() => {
    const repository = openRepositoryAt(repo.dir)!
    return removeHooks(repository, readConfig(repository))
  })
}

const listHooks = (dir: string) =>
  readdirSync(dir)
    .filter((name) => !name.endsWith('.sample'))
    .sort()

function writeHook(repo: ScratchRepo, path: string, text: string): void {
  repo.write(path, text)
  chmodSync(repo.path(path), 0o755)
}

describe('hookTexts', () => {
  test('are the files of hooks/ (else run scripts/embed-hooks.mjs)', () => {
    const files = readdirSync(`${PROJECT}/hooks`).sort()
    expect(NAMES).toEqual(files)
    for (const name of files)
      expect(hookTexts[name as keyof typeof hookTexts]).toBe(
        readFileSync(`${PROJECT}/hooks/${name}`, 'utf8'),
      )
  })

  test.each(NAMES)('%s is recognised as ours and can be run', (name) => {
    expect(isOurHook(readFileSync(`${PROJECT}/hooks/${name}`, 'latin1'))).toBe(true)
    expect(lstatSync(`${PROJECT}/hooks/${name}`).mode & 0o111).toBe(0o111)
  })
})

describe('installHooks()', () => {
  test('writes every hook, to be run by anybody, and changes nothing the second time', () => {
    const repo = newRepo()
    expect(install(repo)).toEqual({ written: NAMES, warnings: [] })
    expect(listHooks(repo.path('.git/hooks'))).toEqual(NAMES)
    for (const name of NAMES)
      expect(lstatSync(repo.path('.git/hooks', name)).mode & 0o777).toBe(0o755)
    expect(install(repo)).toEqual({ written: [], warnings: [] })
  })

  test('puts the path of the executable in, quoted for the shell', () => {
    const repo = newRepo()
    install(repo, "/opt/it's $HOME/git-annex")
    const text = repo.read('.git/hooks/pre-push').toString()
    const line = text.split('\n').find((l) => l.startsWith('git_annex='))
    expect(scratch.run(['sh', '-c', `${line}; printf %s "$git_annex"`]).stdout).toBe(
      "/opt/it's $HOME/git-annex",
    )
  })

  test('upgrades an older text of ours', () => {
    const repo = newRepo()
    writeHook(repo, '.git/hooks/pre-push', '#!/bin/sh\n# annexe hook: an older one\nexit 1\n')
    expect(install(repo).written).toContain('pre-push')
    expect(listHooks(repo.path('.git/hooks'))).toEqual(NAMES)
  })

  test('replaces the hooks that the Haskell program wrote', () => {
    const repo = newRepo()
    repo.realAnnex('init', '-q')
    const theirs = listHooks(repo.path('.git/hooks'))
    expect(theirs).toEqual(['post-checkout', 'post-merge', 'post-receive', 'pre-commit'])
    for (const name of theirs)
      expect(isHaskellHook(repo.read(`.git/hooks/${name}`).toString())).toBe(true)
    expect(install(repo)).toEqual({ written: NAMES, warnings: [] })
    expect(listHooks(repo.path('.git/hooks'))).toEqual(NAMES)
  })

  test('keeps a hook that was there, its mode and a link that it was', () => {
    const repo = newRepo()
    writeHook(repo, '.git/hooks/pre-push', '#!/bin/sh\necho mine\n')
    chmodSync(repo.path('.git/hooks/pre-push'), 0o640)
    symlinkSync('../elsewhere', repo.path('.git/hooks/pre-commit'))
    expect(install(repo).warnings).toEqual([])
    expect(repo.read('.git/hooks/pre-push.before-annexe').toString()).toContain('mine')
    expect(lstatSync(repo.path('.git/hooks/pre-push.before-annexe')).mode & 0o777).toBe(0o640)
    expect(lstatSync(repo.path('.git/hooks/pre-commit.before-annexe')).isSymbolicLink()).toBe(true)
  })

  test('never loses the second of two hooks that were there', () => {
    const repo = newRepo()
    writeHook(repo, '.git/hooks/pre-push', 'first')
    install(repo)
    writeHook(repo, '.git/hooks/pre-push', 'second')
    const { written, warnings } = install(repo)
    expect(written).toEqual([])
    expect(warnings).toEqual([
      `pre-push hook (${repo.path('.git/hooks/pre-push')}) already exists, not configuring: it would replace ${repo.path('.git/hooks/pre-push.before-annexe')}`,
    ])
    expect(repo.read('.git/hooks/pre-push').toString()).toBe('second')
    expect(repo.read('.git/hooks/pre-push.before-annexe').toString()).toBe('first')
  })

  test('writes to core.hooksPath in the work tree, out of sight of git status', () => {
    const repo = newRepo()
    repo.git('config', 'core.hooksPath', 'my [hooks]')
    install(repo)
    expect(listHooks(repo.path('my [hooks]'))).toEqual(NAMES)
    expect(listHooks(repo.path('.git/hooks'))).toEqual([])
    expectClean(repo)
    uninstall(repo)
    repo.write('my [hooks]/pre-push', 'of the project')
    expect(repo.git('status', '--porcelain', '-uall').stdout).toBe('?? "my [hooks]/pre-push"\n')
  })

  test('leaves a committed hook alone and says so', () => {
    const repo = newRepo()
    repo.git('config', 'core.hooksPath', repo.path('.githooks'))
    repo.git('config', 'user.name', 'x')
    writeHook(repo, '.githooks/pre-commit', '#!/bin/sh\n')
    repo.git('add', '.')
    repo.git('commit', '-qm', 'hooks')
    const { written, warnings } = install(repo)
    expect(written).toEqual(NAMES.filter((name) => name !== 'pre-commit'))
    expect(warnings).toEqual([
      `pre-commit hook (${repo.path('.githooks/pre-commit')}) already exists, not configuring: it is committed to this repository`,
    ])
    expectClean(repo)
  })

  test('writes to a directory elsewhere only when this repository asked for it', () => {
    const repo = newRepo()
    const shared = scratch.path('shared-hooks')
    scratch.run(['git', 'config', '--global', 'core.hooksPath', '~/../shared-hooks'])
    try {
      expect(install(repo)).toEqual({
        written: [],
        warnings: [
          `Hooks in ${shared} (core.hooksPath) serve other repositories too: not configuring`,
        ],
      })
      expect(existsSync(shared)).toBe(false)
      repo.git('config', 'core.hooksPath', shared)
      expect(install(repo).written).toEqual(NAMES)
      expect(listHooks(shared)).toEqual(NAMES)
    } finally {
      scratch.run(['git', 'config', '--global', '--unset', 'core.hooksPath'])
    }
  })

  test('says that hooks are off when core.hooksPath is no directory', () => {
    const repo = newRepo()
    repo.git('config', 'core.hooksPath', '/dev/null')
    expect(install(repo)).toEqual({
      written: [],
      warnings: ['Hooks are off, because core.hooksPath is /dev/null: not configuring'],
    })
  })
})

describe('removeHooks()', () => {
  test('removes ours and those of the Haskell program and puts back what was there', () => {
    const repo = newRepo()
    writeHook(repo, '.git/hooks/pre-push', 'mine')
    install(repo)
    writeHook(repo, '.git/hooks/commit-msg', 'mine too')
    expect(uninstall(repo)).toEqual(NAMES)
    expect(listHooks(repo.path('.git/hooks'))).toEqual(['commit-msg', 'pre-push'])
    expect(repo.read('.git/hooks/pre-push').toString()).toBe('mine')
    repo.realAnnex('init', '-q')
    expect(uninstall(repo)).toHaveLength(4)
    expect(listHooks(repo.path('.git/hooks'))).toEqual(['commit-msg', 'pre-push'])
  })

  test('finds hooks that were installed before core.hooksPath was set', () => {
    const repo = newRepo()
    install(repo)
    repo.git('config', 'core.hooksPath', '.githooks')
    install(repo)
    uninstall(repo)
    expect(listHooks(repo.path('.git/hooks'))).toEqual([])
    expect(listHooks(repo.path('.githooks'))).toEqual([])
  })
})
