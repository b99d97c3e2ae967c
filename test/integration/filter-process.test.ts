import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { annexMaker } from '../support/annexes.js'
import { listObjects } from '../support/expect.js'
import { exitOf, temporaryFiles, until } from '../support/filter-sessions.js'
import {
  OUR_BIN,
  type RunResult,
  type ScratchRepo,
  someBytes,
  useScratch,
} from '../support/scratch.js'

const scratch = useScratch()
const annex = annexMaker(scratch)

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
