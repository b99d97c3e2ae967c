/** One content of 1 GB over a real ssh, in both directions: memory of both sides, and a cut connection. */
import { spawn } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hasAesInstructions } from '../../src/platform/processor.js'
import { CuttingProxy } from '../support/cutting-proxy.js'
import { expectNotPresent, expectPresent } from '../support/expect.js'
import { OUR_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'
import { findPlainFaults } from '../support/soundness.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'

const scratch = useScratch()
const missing = whyNoSshd()
const describeSsh = missing ? describe.skip : describe

const SIZE_BYTES = 1_000_000_000
const CUT_BYTES = 600_000_000
/** What ssh adds, and what was under way when the connection was cut. */
const TWICE_BYTES = 16_000_000
const MEMORY_BYTES = 120e6
const PIECE_BYTES = 1 << 20

let server: SshServer
let proxy: CuttingProxy

beforeAll(async () => {
  if (missing) return
  server = await SshServer.start(scratch)
  proxy = await CuttingProxy.start(server.port)
  mkdirSync(scratch.path('telling'))
  const telling = `#!/bin/sh\n[ "$1" = -G ] || echo "$@" >>"$TELL"\nexec '${server.bin}/ssh' "$@"\n`
  writeFileSync(scratch.path('telling', 'ssh'), telling, { mode: 0o755 })
})

afterAll(() => {
  proxy?.stop()
  server?.stop()
})

/** Random once, and numbered, so that no two pieces are the same. */
function writeLong(path: string): void {
  const piece = randomFillSync(Buffer.alloc(PIECE_BYTES))
  const fd = openSync(path, 'w')
  for (let done = 0; done < SIZE_BYTES; done += PIECE_BYTES) {
    piece.writeUInt32LE(done, 0)
    writeSync(fd, piece, 0, Math.min(PIECE_BYTES, SIZE_BYTES - done))
  }
  closeSync(fd)
}

/** Runs a command beside the proxy. @returns peak memory in bytes of the largest process on our side */
async function run(repo: ScratchRepo, args: readonly string[]): Promise<number> {
  const report = scratch.path('peak')
  const argv = ['-f', '%M', '-o', report, 'git', 'annex', ...args]
  const path = `${scratch.path('telling')}:${server.env()['PATH']}`
  const env = { ...scratch.env, PATH: path, TELL: scratch.path('asked') }
  writeFileSync(env.TELL, '')
  const child = spawn('/usr/bin/time', argv, { cwd: repo.dir, env, stdio: 'ignore' })
  const status = await new Promise((resolve) => child.on('exit', resolve))
  expect([args[0], status]).toEqual([args[0], 0])
  return Number(readFileSync(report, 'utf8')) * 1024
}

/** The cipher that the first connection of the last command was to prefer; undefined: ssh's own choice. */
function preferredCipher(): string | undefined {
  const [first] = readFileSync(scratch.path('asked'), 'utf8').split('\n')
  return /Ciphers=([^,]*),/.exec(first!)?.[1]
}

/** The largest process of the sessions of a server so far. */
function serverPeak(): number {
  const peaks = readFileSync(scratch.path('server-peaks'), 'utf8').trim().split('\n')
  return Math.max(...peaks.map(Number)) * 1024
}

/** A clone of a repository with the content, through the proxy. */
function makeClone(origin: ScratchRepo): ScratchRepo {
  writeLong(origin.path('long'))
  origin.annex('init', '-q', 'server')
  origin.annex('add', '-q', 'long')
  origin.git('commit', '-qm', 'long')
  const clone = server.clone(origin, 'clone')
  const knownHosts = scratch.path('sshd-ours', 'known_hosts')
  const line = readFileSync(knownHosts, 'utf8')
  writeFileSync(knownHosts, line + line.replace(`:${server.port} `, `:${proxy.port} `))
  clone.git('config', 'remote.origin.url', `ssh://127.0.0.1:${proxy.port}${origin.dir}`)
  const peaks = scratch.path('server-peaks')
  const shell = `/usr/bin/time -a -q -o '${peaks}' -f %M '${join(OUR_BIN, 'git-annex-shell')}'`
  clone.git('config', 'remote.origin.annex-shell', shell)
  clone.annex('init', '-q', 'client')
  return clone
}

describeSsh(`1 GB over ssh${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('comes and goes through a cut connection, in less than 120 MB of memory', async () => {
    const origin = scratch.repo('origin')
    const clone = makeClone(origin)
    const key = clone.annex('lookupkey', 'long').stdout.trim()

    proxy.cutAt('from', CUT_BYTES)
    const getPeak = await run(clone, ['get', 'long'])
    const fastest = hasAesInstructions() ? 'aes128-gcm@openssh.com' : undefined
    expect([proxy.cuts, preferredCipher()]).toEqual([1, fastest])
    expect(proxy.count('from') - SIZE_BYTES).toBeLessThan(TWICE_BYTES)
    expect(statSync(clone.path('long')).size).toBe(SIZE_BYTES)
    expectPresent(clone, key)

    await run(clone, ['drop', '--from=origin', 'long'])
    expectNotPresent(origin, key)
    proxy.cutAt('to', CUT_BYTES)
    const copyPeak = await run(clone, ['copy', '--to=origin', 'long'])
    expect([proxy.cuts, preferredCipher()]).toEqual([1, fastest])
    expect(proxy.count('to') - SIZE_BYTES).toBeLessThan(TWICE_BYTES)
    expectPresent(origin, key)

    for (const peak of [getPeak, copyPeak, serverPeak()]) expect(peak).toBeLessThan(MEMORY_BYTES)
    // It has come there from the clone.
    expect(findPlainFaults(origin)).toEqual([])
  }, 600_000)
})
