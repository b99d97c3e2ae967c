/** Contents over a real ssh: both programs as client and as server. */
import { existsSync, readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { uuidOf } from '../support/locations.js'
import { type RunResult, type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'

const scratch = useScratch()
const missing = whyNoSshd()
const PAIRS = [
  ['ours', 'ours'],
  ['ours', 'real'],
  ['real', 'ours'],
] as const
type Program = 'ours' | 'real'

const servers = new Map<Program, SshServer>()
let count = 0

/** Runs `git annex` of one program in a clone whose origin is behind ssh. */
function annex(repo: ScratchRepo, server: SshServer, client: Program, args: string[]): RunResult {
  return repo.tryRun(['git', 'annex', ...args], { program: client, env: server.env(client) })
}

interface Pair {
  readonly origin: ScratchRepo
  readonly clone: ScratchRepo
  run(...args: string[]): RunResult
}

function makePair(client: Program, program: Program): Pair {
  const server = servers.get(program)!
  const name = `pair${count++}`
  const origin = scratch.repo(`${name}/ori gin's`)
  const make = (...args: string[]) => origin.run(['git', 'annex', ...args], { program })
  make('init', '-q', 'server')
  origin.write('small', 'small\n')
  origin.write('empty', '')
  origin.write('ünique name', someBytes(300_000))
  make('add', '-q', '.')
  origin.git('commit', '-qm', 'files')
  const clone = server.clone(origin, `${name}/clone`, client)
  const run = (...args: string[]) => annex(clone, server, client, args)
  expect(run('init', '-q', 'client').status).toBe(0)
  return { origin, clone, run }
}

beforeAll(async () => {
  if (missing) return
  for (const program of ['ours', 'real'] as const)
    servers.set(program, await SshServer.start(scratch, program))
})

afterAll(() => {
  for (const server of servers.values()) server.stop()
})

const title = missing ? `over ssh (skipped: ${missing})` : 'over ssh'
const describeSsh = missing ? describe.skip : describe

describeSsh(title, () => {
  test.each(PAIRS)('%s client, %s server: get, copy, drop, move', (client, program) => {
    const { origin, clone, run } = makePair(client, program)
    const got = run('get', '.')
    expect([got.status, got.stderr]).toEqual([0, ''])
    expectContent(clone, 'ünique name', someBytes(300_000))
    const key = clone.annex('lookupkey', 'ünique name').stdout.trim()

    // The server's copy is locked while ours goes; without it, ours may not.
    expect(run('drop', 'small').status).toBe(0)
    expect(run('drop', '--from=origin', 'ünique name').status).toBe(0)
    expectNotPresent(origin, key)
    const unsafe = run('drop', 'ünique name')
    expect([unsafe.status, unsafe.stdout]).toEqual([1, expect.stringContaining('unsafe')])
    expectPresent(clone, key)
    expect(run('drop', '--from=origin', 'small').status).toBe(1)

    expect(run('copy', '--to=origin', '.').status).toBe(0)
    expectPresent(origin, key)
    expect(run('move', '--to=origin', 'ünique name').status).toBe(0)
    expectNotPresent(clone, key)
    expect(run('move', '--from=origin', 'ünique name').status).toBe(0)
    expectNotPresent(origin, key)
    expectPresent(clone, key)

    // Both have recorded where it is, and the server has committed it.
    const [here, there] = [uuidOf(clone), uuidOf(origin)]
    for (const [repo, uuids] of [
      [clone, [here]],
      [origin, []],
    ] as const)
      expect(committedLocations(repo, key).filter((uuid) => [here, there].includes(uuid))).toEqual(
        uuids,
      )
    expect(run('copy', '--to=origin', '.').status).toBe(0)
    expect(sockets(clone)).toEqual([])
    for (const repo of [origin, clone]) expect(findFaults(repo)).toEqual([])
  })
})

/** The repositories that the git-annex branch names, nothing pending. */
function committedLocations(repo: ScratchRepo, key: string): string[] {
  const { stdout } = repo.git('ls-tree', '-r', '--name-only', 'git-annex')
  const path = stdout.split('\n').find((name) => name.endsWith(`/${key}.log`))
  const log = path === undefined ? '' : repo.git('cat-file', 'blob', `git-annex:${path}`).stdout
  const lines = log.split('\n').map((line) => line.split(' '))
  return lines.filter(([, present]) => present === '1').map(([, , uuid]) => uuid!)
}

/** Connections that were left open. */
function sockets(repo: ScratchRepo): string[] {
  const dir = repo.path('.git/annex/ssh')
  return existsSync(dir) ? readdirSync(dir).filter((name) => !name.endsWith('.lock')) : []
}
