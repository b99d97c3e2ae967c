import { type ChildProcess, spawn } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import {
  type AnnexPair,
  copyPair,
  findLost,
  findMisplaced,
  makePair,
} from '../support/annex-pair.js'
import {
  expectClean,
  expectContent,
  expectIntact,
  expectPointer,
  listObjects,
} from '../support/expect.js'
import { readLocations } from '../support/locations.js'
import { Random } from '../support/random.js'
import { OUR_BIN, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { findBadObjects, findFaults, findLeftovers } from '../support/soundness.js'

/** Several programs at once, and a git that talks nonsense to the filter. */
const scratch = useScratch()
const SEED = Number(process.env.ANNEXE_FAULT_SEED ?? Date.now() % 100_000)
const ROUNDS = 5
let count = 0

interface Ended {
  readonly status: number | null
  readonly said: string
}

/** Runs command lines at the same time. */
async function together(
  ...jobs: readonly (readonly [ScratchRepo, ...string[]])[]
): Promise<Ended[]> {
  const children = jobs.map(([repo, program, ...args]) => {
    const env = { ...repo.scratch.env, PATH: `${OUR_BIN}:${process.env.PATH}` }
    return spawn(program!, args, { cwd: repo.dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
  })
  return Promise.all(children.map(ended))
}

function ended(child: ChildProcess): Promise<Ended> {
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += text))
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, said })))
}

describe('two git add at once', () => {
  test('in two work trees of one repository take in everything', async () => {
    const repo = scratch.repo(`r${count++}`)
    repo.annex('init', '-q')
    repo.git('config', 'annex.largefiles', 'anything')
    repo.git('commit', '-q', '--allow-empty', '-m', 'first')
    repo.git('worktree', 'add', '-q', '../second')
    const second = scratch.open('second')
    // Half of the contents are the same in both.
    for (let i = 0; i < 300; i++) {
      repo.write(`d/${i}`, someBytes(3000, i + 1))
      second.write(`d/${i}`, someBytes(3000, i % 2 === 0 ? i + 1 : i + 1001))
    }
    const results = await together([repo, 'git', 'add', '.'], [second, 'git', 'add', '.'])
    expect(results).toEqual([
      { status: 0, said: '' },
      { status: 0, said: '' },
    ])
    for (const one of [repo, second]) {
      one.git('commit', '-qm', 'files')
      expectClean(one)
    }
    expect(listObjects(repo).size).toBe(450)
    expect(repo.realAnnex('find', '--in=here').stdout.trim().split('\n')).toHaveLength(300)
    expect(second.realAnnex('find', '--in=here').stdout.trim().split('\n')).toHaveLength(300)
    expect(findFaults(repo)).toEqual([])
    expect(findFaults(second)).toEqual([])
  })
})

const template = makePair(scratch, 'template', false)

function makeTrial(): AnnexPair {
  return copyPair(scratch, template, `trial${count++}`)
}

describe('git annex at once', () => {
  test('gets the same contents three times without harm', async () => {
    const { clone } = makeTrial()
    const get = [clone, 'git-annex', 'get', '.'] as const
    // Who finds another one at a content waits a moment for it.
    for (const { status, said } of await together(get, get, get))
      expect([status, said]).toEqual([0, said])
    expect(findMisplaced(clone, true)).toEqual([])
    expect(findFaults(clone)).toEqual([])
  })

  test('gets while git adds and commits', async () => {
    const { clone } = makeTrial()
    for (let i = 0; i < 200; i++) clone.write(`new/${i}`, someBytes(3000, i + 1))
    const [got] = await together(
      [clone, 'git-annex', 'get', 'big', 'mid.bin', 'tiny'],
      [clone, 'git', 'add', 'new'],
    )
    expect(got!.status).toBe(0)
    clone.git('add', 'new')
    clone.git('commit', '-qm', 'new')
    clone.annex('get', '.')
    expect(findMisplaced(clone, true)).toEqual([])
    expect(findFaults(clone)).toEqual([])
  })

  test('drops in two places never the last copy', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const pair = makeTrial()
      const { clone, origin } = pair
      clone.annex('get', '.')
      origin.git('remote', 'add', 'clone', '../clone')
      origin.git('fetch', '-q', 'clone')
      origin.annex('merge')
      await together([clone, 'git-annex', 'drop', '.'], [origin, 'git-annex', 'drop', '.'])
      expect(findLost(pair)).toEqual([])
      expect([...findBadObjects(clone), ...findBadObjects(origin)]).toEqual([])
    }
  })

  test('moves to and fro without losing anything', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const pair = makeTrial()
      const { clone, origin } = pair
      await together(
        [clone, 'git-annex', 'move', '--from=origin', '.'],
        [clone, 'git-annex', 'move', '--to=origin', '.'],
        [clone, 'git-annex', 'copy', '--from=origin', '.'],
      )
      expect(findLost(pair)).toEqual([])
      expect([...findBadObjects(clone), ...findBadObjects(origin)]).toEqual([])
      clone.annex('get', '.')
      expect(findMisplaced(clone, true)).toEqual([])
      const [ours, real] = [readLocations(clone, 'ours'), readLocations(clone, 'real')]
      expect(real).toEqual(ours)
    }
  })
})

/** A conversation of git with the filter: two files to clean, the pointer of one to smudge. */
function conversation(): Buffer {
  const line = (text: string | Uint8Array) => {
    const bytes = Buffer.from(text)
    return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
  }
  const flush = Buffer.from('0000')
  const request = (command: string, path: string, content: Uint8Array) => [
    line(`command=${command}\n`),
    line(`pathname=${path}\n`),
    flush,
    line(content),
    flush,
  ]
  return Buffer.concat([
    ...[line('git-filter-client\n'), line('version=2\n'), flush],
    ...[line('capability=clean\n'), line('capability=smudge\n'), flush],
    ...request('clean', 'a', someBytes(60_000)),
    ...request('clean', 'b', someBytes(3000, 2)),
    ...request('smudge', 'a', Buffer.from(`/annex/objects/SHA256E-s5--${'5'.repeat(64)}\n`)),
  ])
}

/** The conversation with some bytes changed, left out or put in. */
function spoil(said: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(said)
  // The interesting bytes are the lengths and headers, not the content.
  const at =
    random.below(2) === 0 ? random.below(300) : 60_000 + random.below(bytes.length - 60_000)
  const kind = random.below(4)
  if (kind === 0) return bytes.subarray(0, at)
  if (kind === 1)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))])
  if (kind === 2)
    return Buffer.concat([
      bytes.subarray(0, at),
      someBytes(1 + random.below(8), at + 1),
      bytes.subarray(at),
    ])
  bytes[at] = random.below(256)
  return bytes
}

describe(`a filter that git talks nonsense to (seed ${SEED})`, () => {
  test('ends with one sentence or none, and stores nothing wrong', () => {
    const repo = scratch.repo(`r${count++}`)
    repo.annex('init', '-q')
    repo.git('config', 'annex.largefiles', 'anything')
    const random = new Random(SEED)
    const said = conversation()
    for (let i = 0; i < 60; i++) {
      const input = spoil(said, random)
      const options = { input, timeoutMs: 10_000 }
      const { status, stderr } = repo.tryRun(['git-annex', 'filter-process'], options)
      expect([i, status]).toEqual([i, status === 0 ? 0 : 1])
      if (status === 1) expect(stderr).toMatch(/git-annex: Cannot filter: [^\n]*\n$/)
      expect(stderr).not.toMatch(/ at .*:\d+:\d+/)
    }
    expectIntact(repo)
    expect(findLeftovers(repo)).toEqual([])
    repo.write('a', someBytes(60_000))
    repo.git('add', 'a')
    repo.git('commit', '-qm', 'a')
    expectPointer(repo, 'a')
    expectContent(repo, 'a', someBytes(60_000))
    expect(findFaults(repo)).toEqual([])
  })
})
