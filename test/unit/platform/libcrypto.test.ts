import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { fastLibcrypto } from '../../../src/platform/libcrypto.js'
import { PROJECT, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** Where ours is as fast there is no library: then there is nothing to compare. */
const OPEN = `
import { createHash, randomBytes } from 'node:crypto'
import { fastLibcrypto, openLibcrypto } from '${join(PROJECT, 'src/platform/libcrypto.ts')}'
const library = fastLibcrypto('sha256')
const none = library && { ...library, path: 'libno-such-crypto.so' }
console.log(none ? openLibcrypto(none, 'sha256') : undefined)
console.log(library ? openLibcrypto(library, 'no-such-hash') : undefined)
const begin = library && openLibcrypto(library, 'sha256')
for (const length of [0, 1, 64, 1000, 300_000]) {
  const content = Buffer.from(new SharedArrayBuffer(length))
  content.set(randomBytes(length))
  const own = createHash('sha256').update(content).digest('hex')
  if (begin) begin().update(content)
  const hash = begin?.()
  hash?.update(content.subarray(0, length >> 1))
  hash?.update(content.subarray(length >> 1))
  console.log(hash ? Buffer.from(hash.digest()).toString('hex') === own : true)
}
`

/** Ends the process while the thread is hashing. */
const LEAVE = `
import { HashThread } from '${join(PROJECT, 'src/platform/hash-thread.ts')}'
const thread = HashThread.start('sha256', 1 << 20)!
for (let i = 0; i < 6; i++) {
  thread.nextBuffer()
  thread.push(1 << 20)
}
process.exit(3)
`

function runWithBun(source: string): { status: number | null; lines: string[] } {
  const script = scratch.path('script.ts')
  writeFileSync(script, source)
  const bun = join(PROJECT, 'node_modules', '.bin', 'bun')
  const { status, stdout } = spawnSync(bun, ['run', script], { timeout: 60_000 })
  return { status, lines: stdout.toString().trim().split('\n') }
}

describe('openLibcrypto()', () => {
  test('hashes one content after the other as we do, and is none where there is no library', () => {
    const { status, lines } = runWithBun(OPEN)
    expect(lines).toEqual(['undefined', 'undefined', ...Array(5).fill('true')])
    expect(status).toBe(0)
  })

  test('does not keep a process from ending in the middle', () => {
    for (let i = 0; i < 3; i++) expect(runWithBun(LEAVE).status).toBe(3)
  })
})

describe('fastLibcrypto()', () => {
  test('is none for what we hash as fast', () => {
    expect(fastLibcrypto('md5')).toBeUndefined()
  })
})
