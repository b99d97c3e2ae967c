import { existsSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import {
  expectClean,
  expectContent,
  expectInGit,
  expectIntact,
  expectPointer,
} from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

/** The filter for one file. What it decides is tested with the filter process. */
const scratch = useScratch()
const annex = annexMaker(scratch)
const MIB = 1 << 20

function commit(repo: ScratchRepo, path: string, content: string | Uint8Array): void {
  repo.write(path, content)
  repo.git('add', path)
  repo.git('commit', '-qm', path)
}

describe('git annex smudge', () => {
  /** As git runs it where no filter process is configured. */
  function withoutProcess(...settings: (readonly [string, string])[]): ScratchRepo {
    const repo = annex(...settings)
    repo.git('config', '--unset', 'filter.annex.process')
    return repo
  }

  test('serves git without a filter process', () => {
    const repo = withoutProcess()
    commit(repo, 'big', someBytes(3 * MIB))
    commit(repo, 'small', 'text')
    commit(repo, 'd/ordinary', someBytes(900_000))
    expectPointer(repo, 'big')
    expectInGit(repo, 'small')
    expectIntact(repo)
    expectInGit(repo, 'd/ordinary')
    for (const path of ['big', 'small', 'd/ordinary']) rmSync(repo.path(path))
    repo.git('checkout', '.')
    expectContent(repo, 'big', someBytes(3 * MIB))
    expectContent(repo, 'd/ordinary', someBytes(900_000))
    expectClean(repo)
  })

  test('passes long ordinary content through, both ways', () => {
    const repo = withoutProcess(['annex.largefiles', 'nothing'])
    commit(repo, 'f', someBytes(5 * MIB))
    expectInGit(repo, 'f')
    rmSync(repo.path('f'))
    repo.git('checkout', 'f')
    expectContent(repo, 'f', someBytes(5 * MIB))
  })

  test('takes a file relative to the current directory', () => {
    const repo = annex()
    repo.write('d/.gitattributes', 'x annex.largefiles=anything\n')
    const cwd = repo.path('d')
    const clean = ['git', 'annex', 'smudge', '--clean', 'x']
    const { stdout } = repo.run(clean, { cwd, input: 'content' })
    expect(stdout).toMatch(/^\/annex\/objects\/SHA256E-s7--[0-9a-f]{64}\n$/)
    const smudge = ['git', 'annex', 'smudge', 'x']
    expect(repo.run(smudge, { cwd, input: stdout }).stdout).toBe('content')
  })

  test('refuses what the filter refuses', () => {
    const repo = annex(['annex.largefiles', 'wrong'])
    const { status, stdout, stderr } = repo.tryRun(
      ['git', 'annex', 'smudge', '--clean', '--', 'x'],
      { input: 'content' },
    )
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Parse failure: near "wrong"')
  })

  test('--update puts in place what the filter of git-annex has left', () => {
    const repo = annex(['annex.largefiles', 'anything'])
    commit(repo, 'a', 'content of a')
    const key = expectPointer(repo, 'a')
    repo.write('a', `/annex/objects/${key}\n`)
    repo.write('.git/annex/smudge.log', `${key} a\n`)
    repo.annex('smudge', '--update')
    expectContent(repo, 'a', 'content of a')
    expectClean(repo)
    expect(existsSync(repo.path('.git/annex/smudge.log'))).toBe(false)
  })
})
