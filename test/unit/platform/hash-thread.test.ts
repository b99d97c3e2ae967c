import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { HashThread } from '../../../src/platform/hash-thread.js'
import { runWithBun } from '../../support/bun.js'
import { PROJECT, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** Hashes contents of these lengths one after the other, each after one that is thrown away. */
const SCRIPT = `
import { createHash, randomBytes } from 'node:crypto'
import { HashThread } from '${join(PROJECT, 'src/platform/hash-thread.ts')}'
const thread = HashThread.start('sha256', 1000)!
for (const length of [0, 1, 1000, 1001, 4000, 99_999]) {
  thread.nextBuffer().fill(7)
  thread.push(1000)
  thread.discard()
  const content = randomBytes(length)
  for (let at = 0; at < length; ) {
    const slot = thread.nextBuffer()
    const count = Math.min(slot.length, length - at)
    content.copy(slot, 0, at, at + count)
    thread.push(count)
    at += count
  }
  const expected = createHash('sha256').update(content).digest('hex')
  console.log(length, thread.digestHex() === expected)
}
process.exit(0)
`

/**
 * Fills buffers at the pace at which they are hashed, so that both sides keep finding each other about
 * to wait: a late wake-up must not be taken for a free buffer.
 */
const RACE = `
import { createHash } from 'node:crypto'
import { HashThread } from '${join(PROJECT, 'src/platform/hash-thread.ts')}'
const [SLOT, TURNS] = [4096, 200_000]
const thread = HashThread.start('sha256', SLOT)!
const number = (slot: Buffer, i: number) => {
  slot.writeInt32LE(i, 0)
  slot.writeInt32LE(i, SLOT - 4)
  return slot
}
const all = createHash('sha256')
const content = Buffer.alloc(SLOT)
let random = 1
for (let i = 0; i < TURNS; i++) all.update(number(content, i))
for (let i = 0; i < TURNS; i++) {
  number(thread.nextBuffer(), i)
  random = (random * 1103515245 + 12345) & 0x7fffffff
  const endMs = performance.now() + (random % (10 + (i >> 13))) / 1000
  while (performance.now() < endMs);
  thread.push(SLOT)
}
console.log(thread.digestHex() === all.digest('hex'))
process.exit(0)
`

describe('HashThread', () => {
  test('hashes contents one after the other, and does not keep the process from ending', () => {
    const { status, lines } = runWithBun(scratch, SCRIPT)
    expect(lines).toEqual([0, 1, 1000, 1001, 4000, 99_999].map((length) => `${length} true`))
    expect(status).toBe(0)
  })

  test('hashes what was pushed, however closely both sides follow each other', () => {
    expect(runWithBun(scratch, RACE)).toEqual({ status: 0, lines: ['true'] })
  })

  test('does not start on Node', () => {
    expect(HashThread.start('sha256', 1000)).toBeUndefined()
  })
})
