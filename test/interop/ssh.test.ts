/** Contents over a real ssh: both programs as client and as server. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { holdOurs } from '../support/content-locks.js'
import { expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { uuidOf } from '../support/locations.js'
import {
  PROJECT,
  type RunResult,
  type ScratchRepo,
  someBytes,
  useScratch,
} from '../support/scratch.js'
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

  test.each(PAIRS)(
    '%s client, %s server: a copy that is going is none',
    async (client, program) => {
      const { origin, clone, run } = makePair(client, program)
      expect(run('get', 'small').status).toBe(0)
      const key = clone.annex('lookupkey', 'small').stdout.trim()
      // As while somebody there drops it, and asks us whether we have it.
      const going = await holdOurs(origin, key, 'exclusive')
      expect(going.answer).toBe('locked')
      expect(run('drop', 'small').status).toBe(1)
      expect(run('move', '--to=origin', 'small').status).toBe(1)
      expectPresent(clone, key)
      await going.release()
      expect(run('drop', 'small').status).toBe(0)
      expectNotPresent(clone, key)
    },
  )

  test.each([
    ['ours', 'ours'],
    ['ours', 'real'],
  ] as const)('%s client, %s server: goes on where the connection broke', (client, program) => {
    const { origin, clone, run } = makePair(client, program)
    const sizeBytes = 12_000_000
    origin.write('long', someBytes(sizeBytes))
    origin.run(['git', 'annex', 'add', '-q', 'long'], { program })
    origin.git('commit', '-qm', 'long')
    expect(run('sync', '-q', '--no-content').status).toBe(0)
    const counts = breakAfter(servers.get(program)!, 9_000_000)
    const broken = (...args: string[]) =>
      clone.tryRun(['git', 'annex', ...args], {
        program: client,
        env: { ...servers.get(program)!.env(client), ...counts.env },
      })

    expect(broken('get', 'long').status).toBe(0)
    expectContent(clone, 'long', someBytes(sizeBytes))
    expect(counts.sessions()).toBe(2)
    expect(counts.fromServer() - sizeBytes).toBeLessThan(1_000_000)

    expect(run('drop', '--from=origin', 'long').status).toBe(0)
    expect(broken('copy', '--to=origin', 'long').status).toBe(0)
    const key = clone.annex('lookupkey', 'long').stdout.trim()
    expectPresent(origin, key)
    expect(counts.sessions()).toBe(4)
    // What ssh had taken and not sent yet is sent twice: up to its window of 2 MiB.
    expect(counts.toServer() - sizeBytes).toBeLessThan(3_500_000)
    for (const repo of [origin, clone]) expect(findFaults(repo)).toEqual([])
  })

  test('fetches 1,000 small files over one connection', () => {
    const { origin, clone, run } = makePair('ours', 'ours')
    for (let i = 0; i < 1000; i++) origin.write(`d/f${i}`, `${i}\n`)
    origin.annex('add', '-q', 'd')
    origin.git('commit', '-qm', 'd')
    const server = servers.get('ours')!
    expect(run('sync', '-q', '--no-content').status).toBe(0)
    const counts = breakAfter(server, 1 << 30)
    const env = { ...server.env(), ...counts.env }
    const { status, stdout } = clone.tryRun(['git', 'annex', 'get', '-J2', 'd'], { env })
    expect([status, stdout.match(/ok\n/g)!.length]).toEqual([0, 1000])
    expect(counts.sessions()).toBe(1)
    expectContent(clone, 'd/f999', '999\n')
    expect(clone.git('status', '--porcelain').stdout).toBe('')
    expect(findFaults(clone)).toEqual([])
  })

  test.each([
    ['ours', 600],
    ['real', 70],
  ] as const)('sends many small files to %s over one connection', (program, number) => {
    const { origin, clone, run } = makePair('ours', program)
    for (let i = 0; i < number; i++) clone.write(`d/f${i}`, `${i % (number - 10)}\n`)
    // Commands of the protocol, for a server that took contents for them.
    clone.write('d/commands', `DATA 0\nREMOVE ${clone.annex('lookupkey', 'small').stdout}VALID\n`)
    expect(run('get', '-q', '.').status).toBe(0)
    expect(run('add', '-q', 'd').status).toBe(0)
    clone.git('commit', '-qm', 'd')
    const keyOf = (file: string) => clone.annex('lookupkey', file).stdout.trim()
    // One is there that nobody here knows of.
    origin.write('two', '2\n')
    origin.run(['git', 'annex', 'setkey', keyOf('d/f2'), 'two'], { program })
    const counts = breakAfter(servers.get(program)!, 1 << 30)
    const env = { ...servers.get(program)!.env(), ...counts.env }
    const sent = clone.tryRun(['git', 'annex', 'copy', '--to=origin', '.'], { env })
    expect([sent.status, sent.stderr]).toEqual([0, ''])
    expect(sent.stdout.match(/^copy d.* ok$/gm)!.length).toBe(number + 1)
    expect(sent.stdout).toContain('copy d/f1 (to origin...) ok\n')
    expect(sent.stdout).toContain('copy d/f2 ok\n')
    // That for short contents, and another one for the long one.
    expect(counts.sessions()).toBeLessThanOrEqual(2)
    for (const file of ['small', 'd/f0', `d/f${number - 1}`, 'd/commands'])
      expectPresent(origin, keyOf(file))
    expect(committedLocations(clone, keyOf('d/f1')).length).toBe(2)
    expect(clone.annex('find', '--not', '--in=origin').stdout).toBe('')
    for (const repo of [origin, clone]) expect(findFaults(repo)).toEqual([])
  })

  test('refuses what the server forbids, and what is no annex is ignored from then on', () => {
    const { origin, clone, run } = makePair('ours', 'ours')
    clone.write('new', 'new\n')
    clone.annex('add', '-q', 'new')
    const shell = (line: string) => clone.git('config', 'remote.origin.annex-shell', line)
    shell('env GIT_ANNEX_SHELL_READONLY=1 git-annex-shell')
    expect(run('copy', '--to=origin', 'new').stderr).toContain(
      'origin: this repository is read-only; write access denied',
    )
    expect(run('get', 'small').status).toBe(0)
    expect(run('drop', '--from=origin', 'small').stderr).toContain('is read-only')
    expectPresent(origin, clone.annex('lookupkey', 'small').stdout.trim())

    shell('no-such-program')
    clone.git('config', '--unset', 'remote.origin.annex-uuid')
    const [ours, real] = (['ours', 'real'] as const).map((client) => {
      const { stderr } = annex(clone, servers.get('ours')!, client, ['get', '-q', '.'])
      const ignored = clone.tryGit('config', 'remote.origin.annex-ignore').stdout
      clone.tryGit('config', '--unset', 'remote.origin.annex-ignore')
      return [stderr.split('\n').filter((line) => /annex-ignore|problem/.test(line)), ignored]
    })
    expect(ours).toEqual(real)

    // Nobody there: that says nothing about what there is.
    clone.git('config', 'remote.origin.url', 'ssh://127.0.0.1:1/r')
    expect(run('get', '.').status).toBe(1)
    expect(clone.tryGit('config', 'remote.origin.annex-ignore').stdout).toBe('')
  })
})

/** Settings for connections that are counted and that each end after so many bytes. */
function breakAfter(server: SshServer, bytes: number) {
  const dir = scratch.path(`breaking${count++}`)
  mkdirSync(dir)
  const read = (name: string) =>
    existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : ''
  return {
    env: {
      GIT_SSH: join(PROJECT, 'test', 'support', 'breaking-ssh.mjs'),
      BREAKING_SSH: join(server.bin, 'ssh'),
      BREAKING_DIR: dir,
      BREAKING_BYTES: String(bytes),
    },
    sessions: () => read('log').split('p2pstdio').length - 1,
    toServer: () => Number(read('to')),
    fromServer: () => Number(read('from')),
  }
}

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
