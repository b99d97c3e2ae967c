import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { holdOurs } from '../support/content-locks.js'
import { expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
import { makeFamily } from '../support/family.js'
import { OUR_BIN, REAL_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** `here` and `a` both have `f`, and have no locks but pid locks. */
function makePair() {
  const { repo, key, remotes } = makeFamily(scratch, ['a'])
  repo.annex('get', '-q', 'f')
  for (const one of [repo, remotes[0]!]) {
    one.git('config', 'annex.pidlock', 'true')
    one.git('config', 'annex.pidlocktimeout', '1')
  }
  return { repo, key, remote: remotes[0]!, pidLock: repo.path('.git/annex/pidlock') }
}

async function start(repo: ScratchRepo, bin: string, ...args: string[]): Promise<number> {
  const env = { ...scratch.env, PATH: `${bin}:${process.env['PATH']}` }
  const child = spawn('git', ['annex', ...args], { cwd: repo.dir, env, stdio: 'ignore' })
  return ((await once(child, 'exit')) as [number])[0]
}

describe('annex.pidlock', () => {
  test('is one file in the form of git-annex, which heeds it', async () => {
    const { repo, key, pidLock } = makePair()
    const held = await holdOurs(repo, key, 'shared')
    expect(held.answer).toBe('locked')
    expect(readFileSync(pidLock, 'utf8')).toMatch(
      new RegExp(`^PidLock {lockingPid = \\d+, lockingHost = "${hostname()}"}$`),
    )
    const { status, stderr } = repo.tryRealAnnex('drop', 'f')
    expect([status, stderr]).toEqual([1, expect.stringContaining('pid lock file')])
    expect(repo.tryAnnex('drop', 'f').status).toBe(1)
    await held.release()
    expect(existsSync(pidLock)).toBe(false)
    repo.annex('drop', 'f')
    expectNotPresent(repo, key)
    expect(readdirSync('/dev/shm').filter((name) => name.endsWith('annex_pidlock.lck'))).toEqual([])
  })

  test('of a remote keeps its copy from being counted', async () => {
    const { repo, key, remote } = makePair()
    const held = await holdOurs(remote, key, 'exclusive')
    expect(repo.tryAnnex('drop', 'f').status).toBe(1)
    expectPresent(repo, key)
    await held.release()
    repo.annex('drop', 'f')
  })

  test('is taken over from a process that is gone, and from no other host', () => {
    const { repo, key, pidLock } = makePair()
    const write = (pid: number, host: string) =>
      repo.write('.git/annex/pidlock', `PidLock {lockingPid = ${pid}, lockingHost = "${host}"}`)
    write(process.pid, hostname())
    expect(repo.tryAnnex('drop', 'f').status).toBe(1)
    write(4_000_000, 'elsewhere')
    const { status, stderr } = repo.tryAnnex('numcopies', '3')
    expect([status, stderr]).toEqual([1, expect.stringContaining(`waiting for pid lock file`)])
    expectPresent(repo, key)
    write(4_000_000, hostname())
    repo.annex('drop', '-N1', 'f')
    expectNotPresent(repo, key)
    expect(existsSync(pidLock)).toBe(false)
  })

  test('lets both programs work in one repository at once', async () => {
    const { repo } = makePair()
    repo.git('config', 'annex.pidlocktimeout', '60')
    const names = Array.from({ length: 12 }, (_, i) => `${i}`)
    for (const name of names) repo.write(name, `content of ${name}\n`)
    const [ours, real] = [names.slice(0, 6), names.slice(6)]
    const add = ['add', '-q', '-c', 'annex.largefiles=anything']
    const statuses = await Promise.all([
      start(repo, OUR_BIN, ...add, ...ours),
      start(repo, REAL_BIN, ...add, ...real),
    ])
    expect(statuses).toEqual([0, 0])
    repo.git('add', '.')
    repo.git('commit', '-q', '-m', 'by both')
    for (const name of ours) expectPointer(repo, name)
    expect(repo.annex('whereis').stdout.match(/\[here\]/g)).toHaveLength(13)
    expect(repo.tryRealAnnex('fsck', '-q')).toMatchObject({ status: 0, stdout: '' })
  })
})
