import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import {
  expectClean,
  expectContent,
  expectIntact,
  expectPointer,
  listObjects,
} from '../support/expect.js'
import {
  OUR_BIN,
  type RunResult,
  type ScratchRepo,
  someBytes,
  useScratch,
} from '../support/scratch.js'

/** The filter as a process: what it says to git, to a broken git, and what is left when it dies. */
const scratch = useScratch()
const annex = annexMaker(scratch)
const MIB = 1 << 20

/** Packets: text as it is, with its length before it; null is a flush packet. */
function packets(...payloads: readonly (string | Uint8Array | null)[]): Buffer {
  return Buffer.concat(
    payloads.flatMap((payload) => {
      if (payload === null) return [Buffer.from('0000')]
      const bytes = Buffer.from(payload)
      return [Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]
    }),
  )
}

const HELLO = packets(
  ...['git-filter-client\n', 'version=2\n', null],
  ...['capability=clean\n', 'capability=smudge\n', 'capability=delay\n', null],
)
const clean = (path: string, ...content: (string | Uint8Array)[]) =>
  packets('command=clean\n', `pathname=${path}\n`, null, ...content, null)

/** Runs the filter on a whole conversation. */
function converse(repo: ScratchRepo, ...said: Uint8Array[]): RunResult {
  return repo.tryRun(['git-annex', 'filter-process'], { input: Buffer.concat(said) })
}

describe('git annex filter-process', () => {
  test('announces clean and smudge, and ends when git does', () => {
    const { status, stdout, stderr } = converse(annex(), HELLO)
    const greeting = packets('git-filter-server\n', 'version=2\n', null).toString()
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.startsWith(greeting)).toBe(true)
    expect(stdout).toContain(packets('capability=clean\n', 'capability=smudge\n').toString())
    expect(stdout).toMatch(/0000$/)
  })

  test('announces only what git knows', () => {
    const hello = packets('git-filter-client\n', 'version=2\n', null, 'capability=smudge\n', null)
    expect(converse(annex(), hello).stdout).toMatch(/0000.*capability=smudge\n0000$/s)
    expect(converse(annex(), hello).stdout).not.toContain('capability=clean')
  })

  test('ends quietly when git says nothing', () => {
    const { status, stdout, stderr } = converse(annex())
    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })

  test.each([
    ['text', Buffer.from('hello\n'), 'a length that is no number'],
    ['another greeting', packets('git-upload-pack\n', null), '"git-upload-pack"'],
    ['half a greeting', packets('git-filter-client\n').subarray(0, 12), 'end of the stream inside'],
    ['another version', packets('git-filter-client\n', 'version=1\n', null), 'protocol version 2'],
    [
      'a greeting without end',
      packets('git-filter-client\n', 'version=2\n'),
      'the end of the stream',
    ],
    ['the delimiter of another protocol', Buffer.from('0001'), 'a delim packet'],
    ['a packet that is too long', Buffer.from('fff5x'), 'a packet of 65525 bytes'],
  ])('refuses %s with one line', (_, said, problem) => {
    const { status, stderr } = converse(annex(), said)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^git-annex: Cannot filter: .*\n$/)
    expect(stderr).toContain(problem)
  })

  test.each([
    ['in a header', packets('command=clean\n')],
    ['before the content', packets('command=clean\n', 'pathname=f\n', null)],
    ['inside the content', packets('command=clean\n', 'pathname=f\n', null, someBytes(60_000))],
    ['inside a packet', clean('f', someBytes(60_000)).subarray(0, 30_000)],
    [
      'inside long content',
      packets('command=clean\n', 'pathname=f\n', null, ...Array(80).fill(someBytes(65_516))),
    ],
  ])('stops where git stops, %s, and stores nothing', (_, said) => {
    const repo = annex(['annex.largefiles', 'anything'])
    const { status, stdout, stderr } = converse(repo, HELLO, said)
    expect([status, stdout]).toEqual([1, converse(repo, HELLO).stdout])
    expect(stderr).toMatch(/^git-annex: Cannot filter: git sent the end of the stream.*\n$/)
    expect(listObjects(repo).size).toBe(0)
    expect(temporaryFiles(repo)).toEqual([])
  })

  test('refuses a command it does not know', () => {
    const said = packets('command=fry\n', 'pathname=f\n', null, null)
    const { status, stderr } = converse(annex(), HELLO, said)
    expect([status, stderr]).toEqual([1, 'git-annex: Cannot filter: git asked for "fry"\n'])
  })

  test('answers an error for one file and goes on with the next', () => {
    const repo = annex(['annex.largefiles', 'wrong'])
    const { status, stdout, stderr } = converse(
      repo,
      ...[HELLO, clean('f', someBytes(5000)), clean('g', ...Array(80).fill(someBytes(65_516)))],
      clean('h', ''),
    )
    const failure = packets('status=error\n', null)
    const success = packets('status=success\n', null, null, null)
    expect(status).toBe(0)
    expect(stdout).toBe(converse(repo, HELLO).stdout + failure + failure + success)
    expect(stderr.split('\n')).toHaveLength(3)
    expect(stderr).toMatch(/^git-annex: Cannot add f: .*wrong.*\ngit-annex: Cannot add g: /)
  })

  test('survives an answer that nobody reads', async () => {
    const repo = annex(['annex.largefiles', 'nothing'])
    const child = spawn(`${OUR_BIN}/git-annex`, ['filter-process'], {
      cwd: repo.dir,
      env: { ...repo.scratch.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const ended = exitOf(child)
    child.stdout!.destroy()
    child.stdin!.on('error', () => {})
    child.stdin!.end(Buffer.concat([HELLO, clean('f', someBytes(60_000))]))
    expect(await ended).toBe(1)
  })
})

describe('a filter that is asked often', () => {
  const SCHED_OTHER = 0
  const SCHED_BATCH = 3

  test.each([
    ['twice, is scheduled as anybody is', 2, SCHED_OTHER],
    ['150 times, lets git put its request together', 150, SCHED_BATCH],
  ])('%s', async (_, requests, policy) => {
    const repo = annex(['annex.largefiles', 'nothing'])
    const child = spawn(`${OUR_BIN}/git-annex`, ['filter-process'], {
      cwd: repo.dir,
      env: { ...repo.scratch.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout!.on('data', (data: Buffer) => {
      said += data.toString('latin1')
    })
    child.stdin!.write(HELLO)
    for (let i = 0; i < requests; i++) child.stdin!.write(clean(`f${i}`, `content ${i}\n`))
    await until(() => said.includes(`content ${requests - 1}\n`))
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1]!.split(' ')
    // Field 41 of proc_pid_stat(5); the second one of a line is behind us.
    expect(Number(fields[41 - 3])).toBe(policy)
    child.stdin!.end()
    expect(await exitOf(child)).toBe(0)
    expect(said.match(/status=success/g)).toHaveLength(requests)
  })
})

describe('a filter that is killed in the middle', () => {
  test('of many files leaves a repository that works', async () => {
    const repo = annex(['annex.largefiles', 'anything'])
    const pidFile = noteProcess(repo)
    for (let i = 0; i < 2000; i++) repo.write(`d${i % 20}/f${i}`, someBytes(4096, i + 1))
    const adding = startGit(repo, 'add', '.')
    await until(() => objectCount(repo) > 100)
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
    expect(await exitOf(adding)).not.toBe(0)
    rmSync(repo.path('.git/index.lock'), { force: true })
    expectIntact(repo)
    repo.git('add', '.')
    repo.git('commit', '-qm', 'x')
    expectClean(repo)
    expectIntact(repo)
    expect(listObjects(repo).size).toBe(2000)
    expect(temporaryFiles(repo)).toEqual([])
    expect(repo.realAnnex('find', '--in=here').stdout.trim().split('\n')).toHaveLength(2000)
    expect(repo.realAnnex('fsck', '-q').stderr).toBe('')
  })

  test('of one big file stores nothing of it', async () => {
    const repo = annex()
    const pidFile = noteProcess(repo)
    const content = Buffer.concat(Array(300).fill(someBytes(MIB)))
    repo.write('big', content)
    const adding = startGit(repo, 'add', '.')
    await until(() => temporaryFiles(repo).length > 0)
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
    expect(await exitOf(adding)).not.toBe(0)
    expect(listObjects(repo).size).toBe(0)
    rmSync(repo.path('.git/index.lock'), { force: true })
    repo.git('add', '.')
    expectPointer(repo, 'big')
    expectIntact(repo)
    expect(temporaryFiles(repo)).toEqual([])
  })
})

describe('a file of 300 MB', () => {
  test('is added and checked out in less than 100 MB of memory', async () => {
    const repo = annex()
    const pidFile = noteProcess(repo)
    const content = Buffer.concat(Array(300).fill(someBytes(1_000_000)))
    repo.write('big', content)
    expect(await peakKiB(startGit(repo, 'add', 'big'), pidFile)).toBeLessThan(100_000)
    expectPointer(repo, 'big')
    expectIntact(repo)
    repo.git('commit', '-qm', 'x')
    rmSync(repo.path('big'))
    rmSync(pidFile)
    expect(await peakKiB(startGit(repo, 'checkout', 'big'), pidFile)).toBeLessThan(100_000)
    expectContent(repo, 'big', content)
    expectClean(repo)
  })

  test('that goes to git and comes back takes no more', async () => {
    const repo = annex(['annex.largefiles', 'nothing'], ['core.compression', '0'])
    const pidFile = noteProcess(repo)
    repo.write('big', Buffer.concat(Array(300).fill(someBytes(1_000_000))))
    expect(await peakKiB(startGit(repo, 'add', 'big'), pidFile)).toBeLessThan(100_000)
    rmSync(repo.path('big'))
    rmSync(pidFile)
    expect(await peakKiB(startGit(repo, 'checkout', 'big'), pidFile)).toBeLessThan(100_000)
    expect(temporaryFiles(repo)).toEqual([])
  })
})

const canMount = scratch.tryRun(['mount', '-t', 'tmpfs', 'tmpfs', mountPoint()]).status === 0
if (canMount) scratch.run(['umount', mountPoint()])

/** Where nothing can be mounted, nothing is full. */
describe(canMount ? 'a full disk' : 'a full disk (not tested: cannot mount)', () => {
  const testMounted = canMount ? test : test.skip
  testMounted.each([
    ['small files', 400, 20_000],
    ['a big file', 1, 8 * MIB],
  ])('stops adding %s with one sentence, and loses nothing', (_, files, size) => {
    const repo = annex(['annex.largefiles', 'anything'])
    for (let i = 0; i < files; i++) repo.write(`f${i}`, someBytes(size, i + 1))
    const objects = repo.path('.git/annex')
    const state = repo.path('.git/annex.kept')
    repo.run(['cp', '-a', objects, state])
    repo.run(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', objects])
    try {
      repo.run(['sh', '-c', `cp -a '${state}/.' '${objects}'`])
      const { status, stderr } = repo.tryGit('add', '.')
      expect(status).toBe(128)
      expect(stderr).toMatch(/git-annex: Cannot add f\d+: Cannot store .*: no space left/)
      expectIntact(repo)
    } finally {
      repo.run(['umount', objects])
    }
    repo.git('add', '.')
    expectIntact(repo)
    expect(temporaryFiles(repo)).toEqual([])
    expect(listObjects(repo).size).toBe(files)
  })
})

function mountPoint(): string {
  mkdirSync(scratch.path('mnt'), { recursive: true })
  return scratch.path('mnt')
}

function temporaryFiles(repo: ScratchRepo): string[] {
  const dir = repo.path('.git/annex/annexe/tmp')
  return existsSync(dir) ? readdirSync(dir) : []
}

/** Objects so far, without looking for long: a directory for each lies two levels down. */
function objectCount(repo: ScratchRepo): number {
  const dir = repo.path('.git/annex/objects')
  return existsSync(dir) ? readdirSync(dir).length : 0
}

/** Has the filter write its process id to a file. @returns the file */
function noteProcess(repo: ScratchRepo): string {
  const script = repo.path('.git/filter')
  const pidFile = repo.path('.git/filter.pid')
  const exec = `exec '${OUR_BIN}/git-annex' filter-process`
  const lines = ['#!/bin/sh', `echo $$ >'${pidFile}.new'`, `mv '${pidFile}.new' '${pidFile}'`, exec]
  repo.write('.git/filter', `${lines.join('\n')}\n`)
  chmodSync(script, 0o755)
  repo.git('config', 'filter.annex.process', `'${script}'`)
  return pidFile
}

function startGit(repo: ScratchRepo, ...args: string[]): ChildProcess {
  return spawn('git', args, {
    cwd: repo.dir,
    env: { ...repo.scratch.env, PATH: `${OUR_BIN}:${process.env.PATH}` },
    stdio: 'ignore',
  })
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code)))
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 6000 && !isSo(); i++) await sleep(5)
  expect(isSo()).toBe(true)
}

/** The most memory that the filter of a git command ever had, as the kernel counts. */
async function peakKiB(git: ChildProcess, pidFile: string): Promise<number> {
  let peak = 0
  let isOver = false
  const ended = exitOf(git).then((code) => {
    isOver = true
    return code
  })
  while (!isOver) {
    if (existsSync(pidFile))
      peak = Math.max(peak, highWaterKiB(readFileSync(pidFile, 'utf8').trim()))
    await sleep(5)
  }
  expect(await ended).toBe(0)
  expect(peak).toBeGreaterThan(0)
  return peak
}

function highWaterKiB(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  } catch {
    return 0
  }
}
