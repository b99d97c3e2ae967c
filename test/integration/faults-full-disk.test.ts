import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  type AnnexPair,
  CONTENTS,
  findLost,
  findMisplaced,
  makePair,
  writeContents,
} from '../support/annex-pair.js'
import { mounting, whyNoMount } from '../support/mounting.js'
import { OUR_BIN, useScratch } from '../support/scratch.js'
import { findBadObjects, findFaults, findLeftovers } from '../support/soundness.js'

/**
 * A repository on a file system that is full: the clone lies on a small tmpfs, which is filled up to
 * some bytes; what is there afterwards is copied out of it and examined.
 */
const scratch = useScratch()
let count = 0

interface Attempt {
  readonly status: number
  readonly said: string
  readonly pair: AnnexPair
}

/** Runs a command line in the clone while its disk has only some bytes left. */
function tryOnFullDisk(pair: AnnexPair, argv: readonly string[], freeBytes: number): Attempt {
  const name = `full${count++}`
  const after = scratch.path(name)
  mkdirSync(after)
  const script = `
    mkdir "$0/mnt"
    mount -t tmpfs -o size=16m tmpfs "$0/mnt"
    cp -a "$1/origin" "$0/origin"
    cp -a "$1/clone" "$0/mnt/clone"
    ln -s "$0/origin" "$0/mnt/origin"
    cd "$0/mnt/clone"
    git status --short >/dev/null
    cat /dev/zero >../fill 2>/dev/null || true
    truncate -s -${freeBytes} ../fill
    shift
    status=0
    "$@" >"$0/said" 2>&1 || status=$?
    echo $status >"$0/status"
    rm ../fill
    cp -a . "$0/clone"`
  scratch.run([...mounting(script), after, pair.dir, ...argv])
  rmSync(scratch.path(name, 'mnt'), { recursive: true })
  const status = Number(readFileSync(`${after}/status`, 'utf8'))
  const said = readFileSync(`${after}/said`, 'utf8')
  const [origin, clone] = [scratch.open(`${name}/origin`), scratch.open(`${name}/clone`)]
  // Git's own lock is left when git itself finds no room.
  rmSync(clone.path('.git/index.lock'), { force: true })
  return { status, said, pair: { dir: after, origin, clone } }
}

/** Nothing is lost; the same command works where there is room, and everything is in its place. */
function expectRetry({ pair }: Attempt, argv: readonly string[], hasContents: boolean): void {
  const { clone } = pair
  expect([...findBadObjects(clone), ...findLost(pair)]).toEqual([])
  clone.git('status', '--short')
  clone.run(argv)
  if (argv.includes('add')) clone.git('commit', '-qm', 'added')
  expect(findMisplaced(clone, hasContents)).toEqual([])
  expect(findFaults(clone)).toEqual([])
}

let untouched: AnnexPair | undefined

/** A clone without contents; trials leave it as it is. */
function pairWithout(): AnnexPair {
  untouched ??= makePair(scratch, 'untouched', false)
  return untouched
}

const annex = `${OUR_BIN}/git-annex`
const reason = whyNoMount === undefined ? '' : ` (not tested: ${whyNoMount})`
const testMounted = whyNoMount === undefined ? test : test.skip
const NO_ROOM = /Cannot .*: no space left on (the )?device.*[Ff]ree some space and try again/s

describe(`a full disk${reason}`, () => {
  testMounted.each([0, 8_000, 150_000, 1_500_000])(
    'with %i bytes left: git annex get fails with a sentence, and gets what fits',
    (free) => {
      const argv = [annex, 'get', '-c', 'annex.diskreserve=0', '.']
      const attempt = tryOnFullDisk(pairWithout(), argv, free)
      expect([attempt.status, attempt.said]).toEqual([1, expect.stringMatching(NO_ROOM)])
      expect(findLeftovers(attempt.pair.clone)).toEqual([])
      expectRetry(attempt, argv, true)
    },
  )

  testMounted('with annex.diskreserve: git annex get does not even try', () => {
    const { status, said } = tryOnFullDisk(pairWithout(), [annex, 'get', '.'], 3_000_000)
    expect(status).toBe(1)
    expect(said).toContain('not enough free space, need ')
    expect(said).toContain('(use --force to override this check or adjust annex.diskreserve)')
  })

  testMounted.each([
    ['git annex add', false, [annex, 'add', '.'], 0],
    ['git annex add', false, [annex, 'add', '.'], 150_000],
    ['git annex add of locked files', true, [annex, 'add', '.'], 0],
    ['git add', false, ['git', 'add', '.'], 0],
    ['git add', false, ['git', 'add', '.'], 150_000],
  ] as const)(
    '%s (locked: %s) fails with a sentence, and the files stay',
    (_, isLocked, argv, free) => {
      const pair = makePair(scratch, `add${count}`, isLocked)
      const { clone } = pair
      clone.git('rm', '-rq', '--cached', '.')
      clone.git('commit', '-qm', 'removed')
      writeContents(clone)
      const attempt = tryOnFullDisk(pair, argv, free)
      expect(attempt.status).not.toBe(0)
      expect(attempt.said).toMatch(NO_ROOM)
      if (free === 0)
        for (const path of Object.keys(CONTENTS))
          expect([path, attempt.pair.clone.read(path).equals(CONTENTS[path]!)]).toEqual([
            path,
            true,
          ])
      expectRetry(attempt, argv, true)
    },
  )

  testMounted('git annex drop makes room when there is none at all', () => {
    const pair = makePair(scratch, 'drop', false)
    pair.clone.annex('get', '.')
    const argv = [annex, 'drop', '.']
    const attempt = tryOnFullDisk(pair, argv, 0)
    expect([attempt.status, attempt.said.match(/ ok$/gm)?.length]).toEqual([0, 7])
    expectRetry(attempt, argv, false)
  })

  testMounted('git annex move makes room, and a drop that is refused says why', () => {
    const pair = makePair(scratch, 'move', false)
    pair.clone.annex('get', '.')
    const refused = tryOnFullDisk(pair, [annex, 'drop', '-N3', '.'], 0)
    expect(refused.said.match(/Could only verify the existence of 1 out of 3/g)).toHaveLength(7)
    expectRetry(refused, [annex, 'find'], true)
    const argv = [annex, 'move', '--to=origin', '.']
    const moved = tryOnFullDisk(pair, argv, 0)
    expect([moved.status, moved.said.match(/ ok$/gm)?.length]).toEqual([0, 7])
    expectRetry(moved, argv, false)
  })

  testMounted('git annex find, whereis and info answer as ever', () => {
    for (const args of [['find', '--not', '--in=here'], ['whereis'], ['info', '--fast'], ['list']])
      expect([args, tryOnFullDisk(pairWithout(), [annex, ...args], 0).status]).toEqual([args, 0])
  })

  testMounted('git checkout leaves what can be checked out again', () => {
    const pair = makePair(scratch, 'checkout', false)
    pair.clone.annex('get', '.')
    pair.clone.run(['rm', ...Object.keys(CONTENTS)])
    const argv = ['git', 'checkout', '--', '.']
    const attempt = tryOnFullDisk(pair, argv, 30_000)
    expect(attempt.status).not.toBe(0)
    expectRetry(attempt, argv, true)
  })

  testMounted('git checkout without room for a large content leaves its pointer', () => {
    const pair = makePair(scratch, 'materialise', false)
    pair.clone.annex('get', '.')
    pair.clone.git('config', 'annex.smudge-inline-max', '1kB')
    pair.clone.run(['rm', ...Object.keys(CONTENTS)])
    const attempt = tryOnFullDisk(pair, ['git', 'checkout', '--', '.'], 600_000)
    expect(attempt.status).toBe(0)
    expect(attempt.said).toMatch(/big is left as a pointer: .*no space left/)
    expect(findLeftovers(attempt.pair.clone)).toEqual([])
    // What is missing is put in place by any next command.
    expectRetry(attempt, ['git', 'annex', 'find'], true)
  })

  testMounted('git annex lock and unlock leave a file as it was', () => {
    const pair = makePair(scratch, 'lock', false)
    pair.clone.annex('get', '.')
    const locking = tryOnFullDisk(pair, [annex, 'lock', 'big'], 0)
    expect([locking.status, locking.said]).toEqual([1, expect.stringMatching(NO_ROOM)])
    expectRetry(locking, ['git', 'annex', 'find'], true)
    pair.clone.annex('lock', 'big')
    pair.clone.git('commit', '-qm', 'locked')
    const unlocking = tryOnFullDisk(pair, [annex, 'unlock', 'big'], 50_000)
    expect([unlocking.status, unlocking.said]).toEqual([1, expect.stringMatching(NO_ROOM)])
    expectRetry(unlocking, ['git', 'annex', 'find'], true)
  })
})
