import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import {
  type AnnexPair,
  copyPair,
  findLost,
  findMisplaced,
  makePair,
} from '../support/annex-pair.js'
import { expectContent, expectNotPresent, expectPointer, listObjects } from '../support/expect.js'
import { OUR_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { findBadObjects, findFaults } from '../support/soundness.js'
import { failing, whyNoTrace } from '../support/tracing.js'

/** Remotes that vanish, are replaced or cannot be read, and transfers that are interrupted. */
const scratch = useScratch()
const template = makePair(scratch, 'template', false)
const FILES = 24
const FILE_BYTES = 4 << 20
let count = 0

function makeTrial(): AnnexPair {
  return copyPair(scratch, template, `trial${count++}`)
}

/** A clone for which there is so much to get that one can come in between. */
function makeLongWork(): AnnexPair {
  const pair = makeTrial()
  for (let i = 0; i < FILES; i++) pair.origin.write(`long/${i}`, Buffer.alloc(FILE_BYTES, i + 1))
  pair.origin.annex('add', '.')
  pair.origin.git('commit', '-qm', 'long')
  pair.clone.git('pull', '-q')
  return pair
}

/** Starts a command as a terminal does: in a process group of its own. */
function start(repo: ScratchRepo, ...argv: string[]): ChildProcess {
  const env = { ...repo.scratch.env, PATH: `${OUR_BIN}:${process.env.PATH}` }
  return spawn(argv[0]!, argv.slice(1), {
    cwd: repo.dir,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Waits for the end. @returns the status as a shell tells it, and everything that was said */
async function finished(child: ChildProcess): Promise<{ status: number; said: string }> {
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += text))
  const status = await new Promise<number>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15))),
  )
  return { status, said }
}

/** Waits until some contents have come. */
async function untilSomeCame(repo: ScratchRepo): Promise<void> {
  const dir = repo.path('.git/annex/objects')
  for (let i = 0; i < 20_000; i++) {
    if (existsSync(dir) && readdirSync(dir).length > 2) return
    await sleep(1)
  }
  throw new Error('Nothing came')
}

describe('a remote that vanishes', () => {
  test('in the middle of git annex get: the rest fails, and is got when it is back', async () => {
    const { clone, origin } = makeLongWork()
    const getting = start(clone, 'git-annex', 'get', '.')
    const ended = finished(getting)
    await untilSomeCame(clone)
    renameSync(origin.dir, `${origin.dir}.away`)
    const { status, said } = await ended
    expect(status).toBe(1)
    expect(said).toContain(`Cannot reach origin at ${origin.dir}\n`)
    expect(existsSync(origin.dir)).toBe(false)
    expect(findBadObjects(clone)).toEqual([])
    renameSync(`${origin.dir}.away`, origin.dir)
    clone.annex('get', '.')
    expect(findMisplaced(clone, true)).toEqual([])
    expect(findFaults(clone)).toEqual([])
  })

  test('in the middle of git annex copy: nothing is built in its place', async () => {
    const { clone, origin } = makeLongWork()
    clone.annex('get', '.')
    clone.annex('drop', '--from=origin', '.')
    const copying = start(clone, 'git-annex', 'copy', '--to=origin', '.')
    const ended = finished(copying)
    await untilSomeCame(origin)
    renameSync(origin.dir, `${origin.dir}.away`)
    expect((await ended).status).toBe(1)
    expect(existsSync(origin.dir)).toBe(false)
    renameSync(`${origin.dir}.away`, origin.dir)
    expect(findBadObjects(origin)).toEqual([])
    clone.annex('copy', '--to=origin', '.')
    expect(findMisplaced(origin, true)).toEqual([])
    expect(findMisplaced(clone, true)).toEqual([])
  })

  test('before a command: nothing is dropped, moved or copied', () => {
    const pair = makeTrial()
    const { clone, origin } = pair
    clone.annex('get', '.')
    renameSync(origin.dir, `${origin.dir}.away`)
    for (const args of [
      ['drop'],
      ['drop', '--from=origin'],
      ['move', '--to=origin'],
      ['move', '--from=origin'],
      ['copy', '--to=origin'],
    ]) {
      const { status, stdout, stderr } = clone.tryAnnex(...args, 'big')
      expect([args, status]).toEqual([args, 1])
      expect(stdout + stderr).toMatch(
        /Cannot reach origin at |Unable to access these remotes: origin/,
      )
    }
    expect(readdirSync(pair.dir).sort()).toEqual(['clone', 'origin.away'])
    renameSync(`${origin.dir}.away`, origin.dir)
    expect([findMisplaced(clone, true), findMisplaced(origin, true)]).toEqual([[], []])
  })
})

describe('another repository in the place of a remote', () => {
  test.each([
    ['a git repository', (repo: ScratchRepo) => repo],
    ['another annex', (repo: ScratchRepo) => repo.annex('init', 'another')],
  ])('%s is not taken for it', (_, make) => {
    const pair = makeTrial()
    const { clone, origin } = pair
    clone.annex('get', '.')
    renameSync(origin.dir, `${origin.dir}.away`)
    const other = scratch.repo(`${pair.dir.split('/').pop()}/origin`)
    make(other)
    clone.git('config', 'remote.origin.annex-checkuuid', 'false')
    for (const args of [['drop'], ['move', '--to=origin'], ['copy', '--to=origin']])
      expect([args, clone.tryAnnex(...args, 'big').status]).toEqual([args, 1])
    clone.git('config', 'remote.origin.annex-checkuuid', 'true')
    expect(clone.tryAnnex('drop', 'big').status).toBe(1)
    expect(listObjects(other).size).toBe(0)
    expect(findLost(pair)).toEqual([])
    expect(clone.read('big').length).toBe(2_500_000)
  })
})

describe('content that a remote cannot give', () => {
  test.each([
    [
      'other bytes',
      (object: string) => writeFileSync(object, someBytes(2_500_000, 99)),
      'the bytes do not match',
    ],
    [
      'too few bytes',
      (object: string) => writeFileSync(object, 'x'),
      'has 1 bytes where its key says 2500000',
    ],
    [
      'a directory',
      (object: string) => {
        rmSync(object)
        mkdirSync(object)
      },
      'Verification of content failed',
    ],
  ])('(%s) is not taken', (_, damage, message) => {
    const { clone, origin } = makeTrial()
    const key = expectPointer(clone, 'big')
    const object = listObjects(origin).get(key)!
    chmodSync(object, 0o644)
    chmodSync(object.slice(0, object.lastIndexOf('/')), 0o755)
    damage(object)
    const { status, stderr } = clone.tryAnnex('get', 'big')
    expect(status).toBe(1)
    expect(stderr).toContain(message)
    expectNotPresent(clone, key)
    expect(findBadObjects(clone)).toEqual([])
    expectContent(clone, 'big', `/annex/objects/${key}\n`)
  })

  const tracing = whyNoTrace === undefined ? test : test.skip
  tracing('because its disk fails is got from the next remote', () => {
    const { clone, origin } = makeTrial()
    const key = expectPointer(clone, 'big')
    clone.git('config', 'remote.origin.annex-cost', '50')
    scratch.run(['cp', '-a', origin.dir, `${origin.dir}2`])
    scratch.run(['git', 'config', 'annex.uuid', '11111111-2222-3333-4444-555555555555'], {
      cwd: `${origin.dir}2`,
    })
    scratch.run(['git', 'annex', 'fsck', '-q'], { cwd: `${origin.dir}2` })
    clone.git('remote', 'add', 'second', '../origin2')
    clone.git('fetch', '-q', '--all')
    const fault = failing('read', 'EIO', listObjects(origin).get(key)!)
    const { stdout, stderr } = clone.run([...fault, `${OUR_BIN}/git-annex`, 'get', 'big'])
    expect(stderr).toContain(`Cannot read the content of ${key}: i/o error`)
    expect(stdout).toMatch(/from origin\.\.\..*\(from second\.\.\.\) ok/s)
    expectContent(clone, 'big', origin.read('big'))
    expect(findFaults(clone)).toEqual([])
  })
})

describe('an interrupted git annex get', () => {
  test.each([
    ['SIGINT', ['git-annex'], 130],
    ['SIGINT', ['git', 'annex'], 130],
    ['SIGTERM', ['git-annex'], 143],
  ] as const)(
    '(%s to %j) ends with status %i and goes on when asked again',
    async (_, argv, wanted) => {
      const { clone } = makeLongWork()
      const getting = start(clone, ...argv, 'get', '.')
      const ended = finished(getting)
      await untilSomeCame(clone)
      process.kill(-getting.pid!, wanted === 130 ? 'SIGINT' : 'SIGTERM')
      expect((await ended).status).toBe(wanted)
      expect(findBadObjects(clone)).toEqual([])
      const before = listObjects(clone).size
      expect(before).toBeLessThan(FILES)
      const { stdout } = clone.annex('get', '.')
      expect(stdout).not.toContain('(from origin...) ok\n'.repeat(FILES))
      expect(findMisplaced(clone, true)).toEqual([])
      expect(findFaults(clone)).toEqual([])
      expect(listObjects(clone).size).toBe(FILES + 7)
    },
  )
})
