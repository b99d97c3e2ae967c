import { spawn, spawnSync } from 'node:child_process'
import { utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  hostTag,
  isAbandoned,
  isProcessAlive,
  ownerOf,
  processTag,
} from '../../../src/platform/process.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const START = '00000001'

describe('isProcessAlive()', () => {
  test('knows running, gone and foreign processes', () => {
    expect(isProcessAlive(process.pid)).toBe(true)
    expect(isProcessAlive(1)).toBe(true)
    expect(isProcessAlive(spawnSync('true').pid)).toBe(false)
  })

  test('takes a process that was killed for gone, though nobody has asked for its status', () => {
    // The shell's child ends and becomes a zombie, because what the shell turned into never waits.
    const script = 'true & echo $!; exec sleep 10'
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    return new Promise<void>((resolve) => {
      parent.stdout.once('data', (text) => {
        const check = () => {
          if (isProcessAlive(Number(text))) return void setTimeout(check, 5)
          parent.kill('SIGKILL')
          resolve()
        }
        check()
      })
    })
  })
})

describe('processTag()', () => {
  test('is the same in all of a process, and tells its owner', () => {
    expect(processTag()).toMatch(/^[0-9a-f]{8}-\d+-[0-9a-f]{8}$/)
    expect(processTag()).toBe(processTag())
    expect(ownerOf(`${processTag()}-17`)).toBe('running')
  })
})

describe('ownerOf()', () => {
  test.each([
    ['gone', 'a process that has ended', () => `${hostTag()}-${spawnSync('true').pid}-${START}`],
    ['gone', 'an earlier process with our number', () => `${hostTag()}-${process.pid}-${START}`],
    [
      'gone',
      'an earlier process with a number in use',
      () => `${hostTag()}-${process.ppid}-0f0f0f0f`,
    ],
    ['unknown', 'another host', () => `01234567-${process.pid}-${START}`],
    ['unknown', 'a name of another form', () => '4711-1'],
  ])('answers %s for %s', (owner, _, name) => {
    expect(ownerOf(name())).toBe(owner)
  })
})

describe('isAbandoned()', () => {
  test("gives up another host's file after a day, and our own at once", () => {
    const [theirs, old, dead] = [
      `01234567-1-${START}`,
      `01234567-2-${START}`,
      `${hostTag()}-${process.pid}-${START}`,
    ]
    for (const name of [theirs, old, dead]) writeFileSync(scratch.path(name), '')
    const longAgo = Date.now() / 1000 - 25 * 3600
    utimesSync(scratch.path(old), longAgo, longAgo)
    expect([theirs, old, dead, 'not-there'].map((name) => isAbandoned(scratch.dir, name))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})
