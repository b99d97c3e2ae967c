/** git-annex-shell as sshd starts it, without an sshd: what it serves, and what it refuses. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import {
  OUR_BIN,
  REAL_BIN,
  type RunResult,
  type ScratchRepo,
  someBytes,
  useScratch,
} from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

const scratch = useScratch()
const CLIENT = '5d9a9d4c-0000-4000-8000-000000000001'
/** Of `new\n`, which nobody has. */
const NEW = 'SHA256-s4--7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c'
let repo: ScratchRepo
let key: string
let uuid: string
let shell: string

beforeAll(() => {
  // Called by its name wherever it lies.
  shell = scratch.path('git-annex-shell')
  symlinkSync(join(OUR_BIN, 'git-annex'), shell)
  repo = scratch.repo('home/repo')
  repo.annex('init', 'server')
  repo.write('f', 'hello\n')
  repo.annex('add', '-q', 'f')
  repo.git('commit', '-qm', 'f')
  key = repo.annex('lookupkey', 'f').stdout.trim()
  uuid = repo.git('config', 'annex.uuid').stdout.trim()
})

interface Call {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Buffer
  readonly program?: string
}

function call(args: readonly string[], { program = shell, ...options }: Call = {}): RunResult {
  return scratch.tryRun([program, ...args], { input: '', ...options })
}

describe('git-annex-shell', () => {
  test.each([
    ['by name', () => call(['configlist', repo.dir])],
    ['below the home directory', () => call(['configlist', 'repo'])],
    ['with ~', () => call(['configlist', '/~/repo'])],
    ['as a login shell', () => call(['-c', `git-annex-shell 'configlist' '${repo.dir}'`])],
    [
      'as a forced command',
      () => call([], { env: { SSH_ORIGINAL_COMMAND: "git-annex-shell 'configlist' '/~/repo'" } }),
    ],
    [
      'as a forced command of a login shell',
      () =>
        call(['-c', 'git-annex-shell'], {
          env: { SSH_ORIGINAL_COMMAND: "git-annex-shell 'configlist' 'repo'" },
        }),
    ],
    ['by its git directory', () => call(['configlist', `${repo.dir}/.git`, '--uuid', uuid])],
  ])('finds the repository %s', (_, run) => {
    expect(run()).toMatchObject({ status: 0, stdout: `annex.uuid=${uuid}\ncore.gcrypt-id=\n` })
  })

  test.each([
    ['', /^git-annex-shell: bad parameters\n\nUsage: /],
    ['configlist', /bad parameters/],
    ['configlist nowhere', /failed to read git config of git repository in .* on .*nowhere;/],
    ['inannex repo junk', /git-annex-shell: bad key\n/],
    ['inannex repo SHA256-s1--x --uuid abc', /expected repository UUID abc but found UUID /],
    ['inannex repo SHA256-s1--x --wrong', /Invalid option `--wrong'/],
    ['dropkey repo SHA256-s1--x', /dropkey can cause data loss; use --force/],
    ['p2pstdio repo', /missing UUID parameter/],
    ['p2pstdio repo ../../x', /bad UUID parameter/],
    ['gcryptsetup repo x', /gcryptsetup is not built/],
    ["'configlist repo", /a quote is not closed/],
    ['ls /', /git-shell failed/],
    ['configlist repo; touch evil', /bad parameters|Invalid|fail/],
    ['configlist $(touch$IFS~/evil)', /failed to read git config/],
    ['git-upload-pack `touch evil`', /git-shell failed/],
  ])('refuses: %s', (line, message) => {
    const { status, stdout, stderr } = call(['-c', line === '' ? '' : `git-annex-shell ${line}`])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(message)
    expect(existsSync(join(scratch.home, 'evil'))).toBe(false)
    expect(existsSync(scratch.path('evil'))).toBe(false)
  })

  test('answers questions about contents with its status', () => {
    expect(call(['inannex', 'repo', key]).status).toBe(0)
    expect(call(['inannex', 'repo', key, NEW]).status).toBe(1)
    expect(call(['lockcontent', 'repo', key], { input: '\n' }).stdout).toBe('OK\n')
    expect(call(['lockcontent', 'repo', NEW]).status).toBe(1)
    expect(call(['notifychanges', 'repo']).stdout).toBe('READY\n')
  })

  test('does not go round in circles', () => {
    const env = { SSH_ORIGINAL_COMMAND: 'git-annex-shell' }
    for (const args of [[], ['-c', 'git-annex-shell'], ['-c', '']])
      expect(call(args, { env }).stderr).toContain('bad parameters')
  })

  test('hands git its own commands', () => {
    expect(call(['-c', `git-upload-pack '${repo.dir}'`]).stdout).toContain('refs/heads/main')
  })

  test('makes a clone an annex when it is asked for the uuid, unless it is read-only', () => {
    const clone = scratch.clone(repo, 'home/clone')
    const env = { GIT_ANNEX_SHELL_READONLY: '1' }
    expect(call(['configlist', 'clone'], { env }).stdout).toMatch(/^annex\.uuid=\n/)
    expect(call(['configlist', 'clone']).stdout).toMatch(/^annex\.uuid=[0-9a-f-]{36}\n/)
    const bare = scratch.repo('home/bare', '--bare')
    expect(call(['configlist', 'bare']).stdout).toMatch(/^annex\.uuid=\n/)
    expect(call(['p2pstdio', 'bare', CLIENT]).stderr).toContain('Not a git-annex or gcrypt')
    expect(call(['configlist', 'bare', '--', 'autoinit=1', '--']).stdout).toMatch(/uuid=[0-9a-f]/)
    expect(findFaults(clone)).toEqual([])
    expect(bare.git('config', 'annex.uuid').stdout).not.toBe('')
  })

  test.each([
    ['READONLY', ['dropkey', 'repo', 'SHA256-s1--x', '--force'], 'Action blocked by'],
    ['READONLY', ['recvkey', 'repo', 'SHA256-s1--x'], 'Action blocked by'],
    ['APPENDONLY', ['dropkey', 'repo', 'SHA256-s1--x', '--force'], 'Action blocked by'],
    ['LIMITED', ['-c', "git-upload-pack '/~/repo'"], 'Action blocked by'],
  ])('GIT_ANNEX_SHELL_%s forbids %j', (name, args, message) => {
    const variable = `GIT_ANNEX_SHELL_${name}`
    const { status, stderr } = call(args, { env: { [variable]: '1' } })
    expect([status, stderr]).toEqual([1, `git-annex-shell: ${message} ${variable}\n`])
  })

  test('GIT_ANNEX_SHELL_DIRECTORY allows one directory, however it is written', () => {
    const env = { GIT_ANNEX_SHELL_DIRECTORY: '~/repo' }
    for (const directory of ['repo', '~/repo', '/~/repo', repo.dir, `${repo.dir}/`])
      expect(call(['configlist', directory], { env }).status).toBe(0)
    const others = [
      ['configlist', 'clone'],
      ['configlist', 'repo/x/..'],
      ['configlist'],
      ['git-foo'],
    ]
    const forGit = ["git-upload-pack '/~/repo/../clone'", "git-upload-pack 'clone' 'repo'"]
    for (const args of [...others, ...forGit.map((line) => ['-c', line])]) {
      const { status, stderr } = call(args, { env })
      expect([status, stderr]).toEqual([1, expect.stringContaining('Only allowed to access ')])
    }
    expect(call(['-c', `git-upload-pack '${repo.dir}'`], { env }).stdout).toContain('refs/heads/')
  })
})

describe('git-annex-shell p2pstdio', () => {
  test('says to every line what the real one says', () => {
    const input = [
      'VERSION 1',
      'foo',
      `CHECKPRESENT ${key}`,
      `CHECKPRESENT ${NEW}`,
      'CHECKPRESENT ../../../etc/passwd',
      `GET 0 f ${key}`,
      'SUCCESS',
      `GET 4  ${key}`,
      'FAILURE',
      `GET 99  ${key}`,
      'SUCCESS',
      `GET 0  ${NEW}`,
      'FAILURE',
      `PUT f ${key}`,
      'VALID',
      'UNLOCKCONTENT',
      `LOCKCONTENT ${NEW}`,
      `LOCKCONTENT ${key}`,
      'UNLOCKCONTENT',
      `PUT f ${NEW}`,
      'DATA 2',
      'neINVALID',
      `PUT f ${NEW}`,
      'DATA 4',
      'bad\nVALID',
      `PUT f ${NEW}`,
      'DATA 0',
      'INVALID',
      `REMOVE ${NEW}`,
      `GET 0  ${key}`,
      'REMOVE',
      'ERROR bye',
      `CHECKPRESENT ${key}`,
    ]
    const [ours, real] = [shell, join(REAL_BIN, 'git-annex-shell')].map((program) =>
      call(['p2pstdio', 'repo', CLIENT, '--uuid', uuid], {
        program,
        input: `${input.join('\n')}\n`,
      }),
    )
    expect(ours!.stdout).toBe(real!.stdout)
    expect(ours!.status).toBe(0)
    expect(findFaults(repo)).toEqual([])
  })

  test('takes up an upload where it broke, and a short one anew', () => {
    const bytes = someBytes(100_000).toString('latin1')
    const long = `SHA256-s100000--${createHash('sha256').update(bytes, 'latin1').digest('hex')}`
    const half = call(['p2pstdio', 'repo', CLIENT], {
      input: Buffer.from(
        `VERSION 1\nPUT f ${long}\nDATA 100000\n${bytes.slice(0, 60_000)}`,
        'latin1',
      ),
    })
    expect(half.stdout).toMatch(/PUT-FROM 0\n$/)
    const rest = `VERSION 1\nPUT f ${long}\nDATA 40000\n${bytes.slice(60_000)}VALID\n`
    const second = call(['p2pstdio', 'repo', CLIENT], { input: Buffer.from(rest, 'latin1') })
    expect(second.stdout).toMatch(/PUT-FROM 60000\nSUCCESS\n$/)
    expectPresent(repo, long)
  })

  test('records what has come and what has gone', () => {
    call(['p2pstdio', 'repo', CLIENT], { input: `VERSION 1\nPUT f ${NEW}\nDATA 4\nne` })
    const input = `VERSION 1\nPUT f ${NEW}\nDATA 4\nnew\nVALID\n`
    expect(call(['p2pstdio', 'repo', CLIENT], { input }).stdout).toMatch(/PUT-FROM 0\nSUCCESS\n$/)
    expectPresent(repo, NEW)
    expect(repo.git('log', '-1', '--format=%s', 'git-annex').stdout).toBe('update\n')
    expect(repo.realAnnex('whereis', `--key=${NEW}`).stdout).toContain(uuid)
    const removal = { input: `VERSION 3\nGETTIMESTAMP\nREMOVE ${NEW}\n` }
    expect(call(['p2pstdio', 'repo', CLIENT], removal).stdout).toMatch(/TIMESTAMP \d+\nSUCCESS\n$/)
    expectNotPresent(repo, NEW)
    expect(findFaults(repo)).toEqual([])
  })

  test('ends with a client that stops reading', async () => {
    repo.write('long', Buffer.alloc(5_000_000, 'x'))
    repo.annex('add', '-q', 'long')
    const long = repo.annex('lookupkey', 'long').stdout.trim()
    const child = spawn(shell, ['p2pstdio', repo.dir, CLIENT], { env: scratch.env, stdio: 'pipe' })
    const exited = once(child, 'exit')
    child.stdin.write(`VERSION 1\nGET 0  ${long}\nSUCCESS\nGET 0  ${long}\nSUCCESS\n`)
    await once(child.stdout, 'readable')
    child.stdout.destroy()
    expect(await exited).toEqual([0, null])
    expect(findFaults(repo)).toEqual([])
  })

  test('keeps content for the client that went away with its lock, and nobody else', () => {
    call(['p2pstdio', 'repo', CLIENT], { input: `LOCKCONTENT ${key}\nUNLOCKCONTENT\n` })
    expect(promiseOf(key)).toBeUndefined()
    call(['p2pstdio', 'repo', CLIENT], { input: `LOCKCONTENT ${key}\n` })
    expect(promiseOf(key)! - Date.now() / 1000).toBeGreaterThan(500)
    const refused = call(['p2pstdio', 'repo', CLIENT], { input: `REMOVE ${key}\n` })
    expect(refused.stdout).toMatch(/\nFAILURE\n$/)
    expect(repo.tryAnnex('drop', '--force', 'f').status).toBe(1)
    expectContent(repo, 'f', 'hello\n')
  })

  test('fills the pointer files of its work tree', () => {
    const bytes = readFileSync(repo.path('f'))
    const clone = scratch.open('home/clone')
    const input = `VERSION 1\nPUT f ${key}\nDATA ${bytes.length}\n${bytes.toString()}VALID\n`
    expect(call(['p2pstdio', 'clone', CLIENT], { input }).stdout).toMatch(/SUCCESS\n$/)
    expectContent(clone, 'f', 'hello\n')
    expect(clone.git('status', '--porcelain').stdout).toBe('')
  })

  test.each(['READONLY', 'APPENDONLY'])('GIT_ANNEX_SHELL_%s refuses as the real one', (name) => {
    const env = { [`GIT_ANNEX_SHELL_${name}`]: '1' }
    const input = `VERSION 1\n${name === 'READONLY' ? `PUT f ${NEW}\n` : ''}REMOVE ${key}\n`
    const [ours, real] = [shell, join(REAL_BIN, 'git-annex-shell')].map((program) =>
      call(['p2pstdio', 'repo', CLIENT], { program, env, input }),
    )
    expect(ours!.stdout).toBe(real!.stdout)
    expectPresent(repo, key)
  })
})

/** When the promise to keep a content ends, in seconds since 1970. */
function promiseOf(text: string): number | undefined {
  const path = repo.annex('contentlocation', text).stdout.trim()
  const promise = repo.path(`${path}.rtm`)
  return existsSync(promise) ? Number.parseFloat(readFileSync(promise, 'utf8')) : undefined
}
