import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expectNotPresent, expectPresent } from '../support/expect.js'
import { PROJECT, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A repository whose directory `dir` is moved out of the work tree, with a link in its place. */
function withMovedDir(name: string): { repo: ScratchRepo; keys: string[] } {
  const repo = scratch.repo(name)
  repo.annex('init', '-q')
  const sizes = [5000, 100_000]
  sizes.forEach((size, i) => {
    repo.write(`dir/sub/f${i}`, someBytes(size, i))
  })
  repo.annex('add', '-q', '.')
  repo.git('commit', '-qm', 'x')
  const keys = sizes.map((_, i) => repo.annex('lookupkey', `dir/sub/f${i}`).stdout.trim())
  moveOut(repo)
  return { repo, keys }
}

function moveOut(repo: ScratchRepo): void {
  mkdirSync(`${repo.dir}-outside`)
  renameSync(repo.path('dir'), `${repo.dir}-outside/dir`)
  symlinkSync(`${repo.dir}-outside/dir`, repo.path('dir'))
}

const outside = (repo: ScratchRepo, name: string) => readFileSync(`${repo.dir}-outside/${name}`)

describe('where a symbolic link has taken the place of a directory', () => {
  test('git annex drop leaves alone what it leads to, and so does git annex lock', () => {
    const { repo, keys } = withMovedDir('drop')
    const locked = repo.tryAnnex('lock', 'dir/sub/f0')
    expect(locked).toMatchObject({ status: 1 })
    expect(locked.stderr).toContain('dir/sub/f0 is beyond a symbolic link')
    repo.annex('drop', '--force', '.')
    for (const key of keys) expectNotPresent(repo, key)
    expect(outside(repo, 'dir/sub/f0')).toEqual(someBytes(5000, 0))
    expect(outside(repo, 'dir/sub/f1')).toEqual(someBytes(100_000, 1))
  })

  test('git annex get leaves alone what it leads to, and so does git annex fromkey', () => {
    const { repo: origin, keys } = withMovedDir('origin')
    const repo = scratch.clone(origin, 'get')
    repo.annex('init', '-q')
    moveOut(repo)
    const pointer = outside(repo, 'dir/sub/f0')
    repo.annex('get', '.')
    for (const key of keys) expectPresent(repo, key)
    expect(outside(repo, 'dir/sub/f0')).toEqual(pointer)
    expect(outside(repo, 'dir/sub/f1').length).toBeLessThan(200)
    const made = repo.tryAnnex('fromkey', keys[0]!, 'dir/new')
    expect(made).toMatchObject({ status: 1 })
    expect(made.stderr).toContain('dir/new is outside of the work tree')
  })
})

test('git annex works where core.worktree leads to', () => {
  const repo = scratch.repo('core-worktree')
  mkdirSync(scratch.path('tree'))
  repo.git('config', 'core.worktree', '../../tree')
  repo.annex('init', '-q')
  const tree = scratch.path('tree')
  writeFileSync(join(tree, 'f'), someBytes(5000))
  const inTree = { cwd: tree, env: { GIT_DIR: repo.path('.git') } }
  repo.run(['git', 'annex', 'add', '-q', 'f'], inTree)
  repo.run(['git', 'annex', 'drop', '-q', '--force', 'f'], inTree)
  expect(readFileSync(join(tree, 'f'), 'latin1')).toMatch(/^\/annex\/objects\/SHA256E-s5000--/)
  expect(repo.git('status', '--porcelain').stdout).toBe('A  f\n')
})

test('replaceExpected() puts back what somebody has put there in between', () => {
  const script = scratch.path('replace.ts')
  writeFileSync(
    script,
    `import { replaceExpected } from ${JSON.stringify(join(PROJECT, 'src/platform/exchange.ts'))}
    import { existsSync, readFileSync, writeFileSync } from 'node:fs'
    for (const isExpected of [false, true]) {
      writeFileSync('new', 'new')
      writeFileSync('old', 'the user’s')
      const isReplaced = replaceExpected('new', 'old', () => isExpected)
      console.log(isReplaced, readFileSync('old', 'utf8'), existsSync('new'))
    }`,
  )
  const { stdout } = scratch.run([join(PROJECT, 'node_modules/.bin/bun'), 'run', script])
  expect(stdout).toBe('false the user’s false\ntrue new false\n')
})
