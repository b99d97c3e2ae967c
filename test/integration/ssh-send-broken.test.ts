/** Many small contents sent over ssh, broken off: only what is there is recorded, and the rest follows. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { until } from '../support/filter-sessions.js'
import { PROJECT, type ScratchRepo, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'
import { SshServer, whyNoSshd } from '../support/ssh-server.js'

const scratch = useScratch()
const missing = whyNoSshd()
const NUMBER = 1200
let server: SshServer
let source: ScratchRepo

beforeAll(async () => {
  if (missing) return
  server = await SshServer.start(scratch)
  source = scratch.repo('source')
  source.annex('init', '-q', 'source')
  for (let i = 0; i < NUMBER; i++) source.write(`d/f${i}`, `${i}\n`.repeat(200))
  source.annex('add', '-q', '.')
  source.git('commit', '-qm', 'files')
})

afterAll(() => server?.stop())

/** Its own copy of the repository with the contents, and an empty one on the server. */
function makePair(name: string): { here: ScratchRepo; there: ScratchRepo; env: NodeJS.ProcessEnv } {
  const there = scratch.repo(`${name}.git`, '--bare')
  there.annex('init', '-q', 'server')
  scratch.run(['cp', '-a', source.dir, scratch.path(name)])
  const here = scratch.open(name)
  here.git('remote', 'add', 'origin', server.url(there.dir))
  return { here, there, env: server.env() }
}

/** The keys of a repository's contents, by its files. */
function objectsOf(repo: ScratchRepo): Set<string> {
  const { stdout } = repo.tryRun(['find', 'annex/objects', '-type', 'f'])
  return new Set(stdout.split('\n').map((path) => path.slice(path.lastIndexOf('/') + 1)))
}

/** What is recorded to be there is there; how many that is. */
function expectTruth(here: ScratchRepo, there: ScratchRepo): number {
  const objects = objectsOf(there)
  // biome-ignore lint/suspicious/noTemplateCurlyInString: git-annex replaces it
  const { stdout } = here.annex('find', '--in=origin', '--format=${key}\\n')
  const recorded = stdout.split('\n').filter(Boolean)
  expect(recorded.filter((key) => !objects.has(key))).toEqual([])
  return recorded.length
}

const describeSsh = missing ? describe.skip : describe

describeSsh(`many small contents over ssh${missing ? ` (not tested: ${missing})` : ''}`, () => {
  test.each([
    ['git annex copy', ['annex', 'copy', '--to=origin', '.']],
    ['git push', ['push', '-q', 'origin', 'HEAD:main']],
  ])('%s takes up what was interrupted', async (name, args) => {
    const { here, there, env } = makePair(name.replaceAll(' ', '-'))
    here.tryRun(['git', 'annex', 'info', '--fast', 'origin'], { env })
    const child = spawn('git', args, {
      cwd: here.dir,
      env: { ...scratch.env, ...env },
      stdio: 'ignore',
      detached: true,
    })
    const exited = once(child, 'exit')
    await until(() => objectsOf(there).size >= 40)
    process.kill(-child.pid!, 'SIGINT')
    await exited
    expect(expectTruth(here, there)).toBeLessThan(NUMBER)
    const { status, stderr } = here.tryRun(['git', ...args], { env })
    expect([status, stderr]).toEqual([0, ''])
    expect(expectTruth(here, there)).toBe(NUMBER)
    for (const repo of [here, there]) expect(findFaults(repo)).toEqual([])
  })

  test('goes on where connections break', () => {
    const { here, there, env } = makePair('breaking')
    const dir = scratch.path('breaking-notes')
    mkdirSync(dir)
    const breaking = {
      ...env,
      GIT_SSH: join(PROJECT, 'test', 'support', 'breaking-ssh.mjs'),
      BREAKING_SSH: join(server.bin, 'ssh'),
      BREAKING_DIR: dir,
      BREAKING_BYTES: '450000',
    }
    const copy = () =>
      here.tryRun(['git', 'annex', 'copy', '-q', '--to=origin', '.'], { env: breaking })
    let tries = 1
    for (let last = 0; copy().status !== 0; tries++) {
      const recorded = expectTruth(here, there)
      expect(recorded).toBeGreaterThan(last)
      last = recorded
    }
    expect(tries).toBeLessThan(5)
    expect(expectTruth(here, there)).toBe(NUMBER)
    for (const repo of [here, there]) expect(findFaults(repo)).toEqual([])
  })
})
