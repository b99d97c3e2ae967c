import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { expectContent } from '../support/expect.js'
import { someBytes, useScratch } from '../support/scratch.js'

/** Clocks that go wrong: what happens later counts, whatever the clock said. */
const scratch = useScratch()
const isMissing = spawnSync('faketime', ['--version']).error !== undefined
const title = isMissing ? ' (not tested: faketime is not installed)' : ''

describe(`a clock that is set back a year${title}`, () => {
  const testClock = isMissing ? test.skip : test

  testClock('does not make anybody believe what was true before', () => {
    const origin = scratch.repo('origin')
    origin.annex('init')
    origin.write('f', someBytes(5000))
    origin.annex('add', 'f')
    origin.git('commit', '-qm', 'f')
    const clone = scratch.clone(origin, 'clone')
    clone.annex('get', 'f')
    const lastYear = (...args: string[]) =>
      clone.run(['faketime', '1 year ago', 'git-annex', ...args])
    lastYear('drop', 'f')
    for (const whereis of [clone.annex('whereis', 'f'), clone.realAnnex('whereis', 'f')])
      expect(whereis.stdout).toContain('(1 copy)')
    lastYear('get', 'f')
    expectContent(clone, 'f', someBytes(5000))
    lastYear('sync')
    for (const whereis of [origin.annex('whereis', 'f'), origin.realAnnex('whereis', 'f')])
      expect(whereis.stdout).toContain('(2 copies)')
    origin.git('remote', 'add', 'clone', clone.dir)
    // The other copy is proven by asking, not by the log.
    expect(origin.annex('drop', 'f', '--explain').stdout).toContain('drop f')
    expect(clone.tryRun(['faketime', '1 year ago', 'git-annex', 'drop', 'f']).status).toBe(1)
    expectContent(clone, 'f', someBytes(5000))
  })
})
