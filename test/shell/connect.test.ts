/** What git-annex-shell p2pstdio serves beside contents: git's own services, and news of refs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { OUR_BIN, PROJECT, REAL_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const RELAY = join(PROJECT, 'test', 'support', 'connect-relay.mjs')
const CLIENT = '5d9a9d4c-0000-4000-8000-000000000001'
let origin: ScratchRepo
let shell: string

beforeAll(() => {
  shell = scratch.path('git-annex-shell')
  symlinkSync(join(OUR_BIN, 'git-annex'), shell)
  origin = scratch.repo('origin')
  origin.annex('init', '-q', 'server')
  origin.write('file', 'x'.repeat(300_000))
  origin.git('add', 'file')
  origin.git('commit', '-qm', 'file')
})

function serve(service: string, more: Readonly<Record<string, string>> = {}) {
  return { P2P_SERVICE: service, P2P_SHELL: shell, P2P_CLIENT: CLIENT, ...more }
}

describe('git-annex-shell p2pstdio', () => {
  test('CONNECT: git fetches and pushes', () => {
    const clone = scratch.path('clone')
    const upload = { env: serve('git-upload-pack') }
    scratch.run(['git', 'clone', '-q', '-u', RELAY, '--no-local', origin.dir, clone], upload)
    const here = scratch.open('clone')
    expect(here.git('rev-parse', 'origin/main').stdout).toBe(origin.git('rev-parse', 'main').stdout)
    here.write('new', 'y'.repeat(500_000))
    here.git('add', '.')
    here.git('commit', '-qm', 'new')
    const push = ['git', 'push', '-q', `--receive-pack=${RELAY}`, 'origin', 'main:new']
    here.run(push, { env: serve('git-receive-pack') })
    expect(origin.git('rev-parse', 'new').stdout).toBe(here.git('rev-parse', 'main').stdout)
    const again = [...push.slice(0, -1), 'main:forbidden']
    const env = serve('git-receive-pack', { GIT_ANNEX_SHELL_APPENDONLY: '1' })
    expect(here.tryRun(again, { env }).status).not.toBe(0)
    expect(origin.tryGit('rev-parse', '--verify', '-q', 'forbidden').status).toBe(1)
  })

  test.each([
    ['GIT_ANNEX_SHELL_READONLY', 'git-receive-pack'],
    ['GIT_ANNEX_SHELL_APPENDONLY', 'git-receive-pack'],
    ['NOTHING', 'git-archive'],
  ])('CONNECT refuses as the real one (%s, %s)', (variable, service) => {
    const input = `VERSION 1\nCONNECT ${service}\nCHECKPRESENT SHA256-s1--x\n`
    const [ours, real] = [shell, join(REAL_BIN, 'git-annex-shell')].map((program) =>
      scratch.tryRun([program, 'p2pstdio', origin.dir, CLIENT], {
        input,
        env: { [variable]: '1' },
      }),
    )
    expect([ours!.status, ours!.stdout]).toEqual([real!.status, real!.stdout])
  })

  test('CONNECT is refused where git is (GIT_ANNEX_SHELL_LIMITED)', () => {
    const { stdout, status } = scratch.tryRun([shell, 'p2pstdio', origin.dir, CLIENT], {
      input: 'CONNECT git-upload-pack\nCHECKPRESENT SHA256-s1--x\n',
      env: { GIT_ANNEX_SHELL_LIMITED: '1' },
    })
    expect(stdout.split('\n').slice(1)).toEqual([
      'ERROR Action blocked by GIT_ANNEX_SHELL_LIMITED',
      '',
    ])
    expect(status).toBe(0)
  })

  test('NOTIFYCHANGE tells of refs, those that change between two questions, too', async () => {
    const child = spawn(shell, ['p2pstdio', origin.dir, CLIENT], { env: scratch.env })
    const exited = once(child, 'exit')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async () => String((await lines.next()).value)
    const ask = (line: string) => child.stdin.write(`${line}\n`)
    expect(await next()).toMatch(/^AUTH-SUCCESS /)
    ask('NOTIFYCHANGE')
    ask('CHECKPRESENT SHA256-s1--x')
    const oid = origin.git('rev-parse', 'main~0').stdout.trim()
    // It is not known when it has begun to watch.
    let tags = 0
    const tagging = setInterval(() => origin.git('tag', `t${tags++}`), 200)
    expect(await next()).toMatch(new RegExp(`^CHANGED ${oid}`))
    clearInterval(tagging)
    expect(await next()).toBe('FAILURE')
    origin.git('tag', 'between')
    ask('NOTIFYCHANGE')
    expect(await next()).toMatch(new RegExp(`^CHANGED ${oid}`))
    ask('NOTIFYCHANGE')
    child.stdin.end()
    expect(await exited).toEqual([0, null])
  })
})
