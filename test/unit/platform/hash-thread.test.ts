import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { HashThread } from '../../../src/platform/hash-thread.js'
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

describe('HashThread', () => {
  test('hashes contents one after the other, and does not keep the process from ending', () => {
    const script = scratch.path('script.ts')
    writeFileSync(script, SCRIPT)
    const bun = join(PROJECT, 'node_modules', '.bin', 'bun')
    const { status, stdout } = spawnSync(bun, ['run', script], { timeout: 30_000 })
    expect(stdout.toString().trim().split('\n')).toEqual(
      [0, 1, 1000, 1001, 4000, 99_999].map((length) => `${length} true`),
    )
    expect(status).toBe(0)
  })

  test('does not start on Node', () => {
    expect(HashThread.start('sha256', 1000)).toBeUndefined()
  })
})
