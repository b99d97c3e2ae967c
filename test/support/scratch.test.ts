import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectIntact, expectPointer } from './expect.js'
import { REAL_BIN, Scratch, someBytes, useScratch } from './scratch.js'

describe('Scratch', () => {
  const scratch = useScratch()

  test('keeps the settings and the variables of the machine out', () => {
    process.env.GIT_INDEX_FILE = '/nowhere'
    const other = Scratch.make()
    delete process.env.GIT_INDEX_FILE
    const repo = other.repo('r')
    repo.write('a/b', 'text')
    repo.git('add', '.')
    repo.git('commit', '-qm', 'first')
    expect(repo.git('log', '--format=%an <%ae> %D').stdout).toBe(
      'Test <test@example.com> HEAD -> main\n',
    )
    expectClean(repo)
    other.remove()
    expect(existsSync(other.dir)).toBe(false)
  })

  test('run() throws with what the program said, tryRun() hands its status over', () => {
    const repo = scratch.repo('failing')
    expect(() => repo.git('rev-parse', 'nothing')).toThrow(/git rev-parse nothing exited 128\n/)
    expect(repo.tryGit('rev-parse', 'nothing').status).toBe(128)
    expect(scratch.tryRun(['sleep', '5'], { timeoutMs: 50 }).status).toBe(137)
    expect(() => scratch.tryRun(['no-such-program'])).toThrow(/ENOENT/)
  })

  test('realAnnex() runs the Haskell program', () => {
    const repo = scratch.repo('real')
    expect(repo.realAnnex('version').stdout).toContain('remote types:')
    expect(existsSync(join(REAL_BIN, 'git-annex'))).toBe(true)
  })

  test('the assertions hold for a repository made by the Haskell program', () => {
    const repo = scratch.repo('oracle')
    repo.realAnnex('init', '-q')
    repo.write('f.bin', someBytes(5000))
    repo.realAnnex('add', '-q', '-c', 'annex.addunlocked=true', '.')
    expect(expectPointer(repo, 'f.bin')).toMatch(/^SHA256E-s5000--[0-9a-f]{64}\.bin$/)
    expectContent(repo, 'f.bin', someBytes(5000))
    expectIntact(repo)
    expect(() => expectContent(repo, 'f.bin', someBytes(5000, 2))).toThrow()
  })

  test('remove() removes read-only directories and leaves what links lead to', () => {
    const other = Scratch.make()
    const outside = scratch.path('outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'kept'), '')
    chmodSync(outside, 0o500)
    mkdirSync(other.path('locked'))
    writeFileSync(other.path('locked', 'f'), '')
    symlinkSync(outside, other.path('link'))
    chmodSync(other.path('locked'), 0o500)
    other.remove()
    expect(existsSync(other.dir)).toBe(false)
    expect(existsSync(join(outside, 'kept'))).toBe(true)
  })

  test('remove() refuses a directory that is no scratch directory', () => {
    const moved = Object.assign(Object.create(Scratch.prototype) as Scratch, { dir: tmpdir() })
    expect(() => moved.remove()).toThrow(/Refusing/)
  })
})

describe('someBytes()', () => {
  test('gives the same bytes for a seed and others for another', () => {
    expect(someBytes(64, 7).equals(someBytes(64, 7))).toBe(true)
    expect(someBytes(64, 7).equals(someBytes(64, 8))).toBe(false)
  })
})
