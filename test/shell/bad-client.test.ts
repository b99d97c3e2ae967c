/** git-annex-shell p2pstdio and clients that do not keep to the protocol: both sides stay sound. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectNotPresent, expectPresent } from '../support/expect.js'
import { OUR_BIN, type ScratchRepo, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

const scratch = useScratch()
const CLIENT = '5d9a9d4c-0000-4000-8000-000000000001'
const SHORT = keyOf('abcd')
const LONG_BYTES = 'x'.repeat(100_000)
const LONG = keyOf(LONG_BYTES)
let repo: ScratchRepo
let kept: string

function keyOf(content: string): string {
  return `SHA256-s${content.length}--${createHash('sha256').update(content).digest('hex')}`
}

beforeAll(() => {
  symlinkSync(join(OUR_BIN, 'git-annex'), scratch.path('git-annex-shell'))
  repo = scratch.repo('repo')
  repo.annex('init', '-q', 'server')
  repo.write('kept', 'kept\n')
  repo.annex('add', '-q', 'kept')
  repo.git('commit', '-qm', 'kept')
  kept = repo.annex('lookupkey', 'kept').stdout.trim()
})

/** What the server says behind its greeting. */
function say(input: string): string {
  const args = [scratch.path('git-annex-shell'), 'p2pstdio', repo.dir, CLIENT]
  const { stdout, status } = scratch.tryRun(args, { input: `VERSION 4\n${input}` })
  expect(status).toBe(0)
  return stdout.split('\n').slice(2).join('\n')
}

describe('git-annex-shell p2pstdio', () => {
  test.each([
    ['what does not match its key', `PUT  ${SHORT}\nDATA 4\nabceVALID\n`, 'PUT-FROM 0\nFAILURE\n'],
    ['the same at once', `PUT-WHOLE 4  ${SHORT}\nabceGETTIMESTAMP x\n`, /^FAILURE\nERROR/],
    ['too much', `PUT  ${SHORT}\nDATA 5\nabcdeVALID\n`, /^PUT-FROM 0\nERROR expected DATA of at/],
    ['too much at once', `PUT-WHOLE 5  ${SHORT}\nabcdeSUPPORTS x\n`, 'FAILURE\nFAILURE\n'],
    ['too little', `PUT  ${SHORT}\nDATA 3\nabcVALID\n`, 'PUT-FROM 0\nFAILURE\n'],
    ['a part, and its end', `PUT-WHOLE 4  ${SHORT}\nab`, ''],
    ['a part of a long one, wrong in the end', `PUT  ${LONG}\nDATA 100000\nyy`, 'PUT-FROM 0\n'],
    [
      'the rest of it',
      `PUT  ${LONG}\nDATA 99998\n${LONG_BYTES.slice(2)}VALID\n`,
      'PUT-FROM 2\nFAILURE\n',
    ],
    ['a long line', `PUT  ${'x'.repeat(40_000)}\nREMOVE SHA256-s1--x\n`, /^ERROR a line is longer/],
    ['a length that is none', `PUT  ${SHORT}\nDATA -4\nabcdVALID\n`, /^PUT-FROM 0\n(ERROR .*\n)+$/],
    ['data for nothing', `DATA 4\nabcd\nVALID\n`, /^(ERROR un.*\n){3}$/],
  ])('stores nothing when it is sent %s', (_, input, answer) => {
    expect(say(input)).toEqual(typeof answer === 'string' ? answer : expect.stringMatching(answer))
    expectNotPresent(repo, SHORT)
    expectNotPresent(repo, LONG)
  })

  test('is as it was after all that', () => {
    expectPresent(repo, kept)
    expect(findFaults(repo)).toEqual([])
    expect(say(`PUT-WHOLE 4  ${SHORT}\nabcd`)).toBe('SUCCESS\n')
    expect(say(`PUT  ${LONG}\nDATA 100000\n${LONG_BYTES}VALID\n`)).toBe('PUT-FROM 0\nSUCCESS\n')
    for (const key of [SHORT, LONG]) expectPresent(repo, key)
  })

  test('takes many contents at once, wherever the pipe cuts them', () => {
    const contents = Array.from({ length: 300 }, (_, at) => `${at}\n`.repeat(200 + 7 * at))
    const puts = contents.map((text) => `PUT-WHOLE ${text.length} d/f ${keyOf(text)}\n${text}`)
    expect(say(puts.join(''))).toBe('SUCCESS\n'.repeat(300))
    for (const text of [contents[0]!, contents[299]!]) expectPresent(repo, keyOf(text))
    expect(findFaults(repo)).toEqual([])
  })

  test('takes no content for commands when it cannot tell how much it is', () => {
    for (const length of ['x', '', '-1', '1e3'])
      expect(say(`PUT-WHOLE ${length}  ${SHORT}\nREMOVE ${kept}\n`)).toMatch(/^ERROR [^\n]*\n$/)
    expectPresent(repo, kept)
  })

  test('keeps keys that look like paths within the store', () => {
    const before = readdirSync(scratch.dir)
    const key = 'WORM-s4--../../../../../evil'
    const requests = [
      `PUT-WHOLE 4  ${key}\nabcd`,
      `CHECKPRESENT ${key}\n`,
      `GET 0  ${key}\nSUCCESS\n`,
    ]
    expect(say(requests.join(''))).toBe('SUCCESS\nSUCCESS\nDATA 4\nabcdVALID\n')
    expect(repo.git('ls-files', '--others').stdout).toBe('')
    expect(say(`REMOVE ${key}\nCHECKPRESENT ${key}\n`)).toBe('SUCCESS\nFAILURE\n')
    for (const bad of ['../../kept', '/etc/passwd', '..', ''])
      expect(say(`CHECKPRESENT ${bad}\nREMOVE ${bad}\n`)).toBe(
        'ERROR unknown command\nERROR unknown command\n',
      )
    expect(readdirSync(scratch.dir)).toEqual(before)
    expect(existsSync(repo.path('kept'))).toBe(true)
    expect(findFaults(repo)).toEqual([])
  })
})
