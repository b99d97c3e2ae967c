import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { fastLibcrypto } from '../../../src/platform/libcrypto.js'
import { runWithBun } from '../../support/bun.js'
import { PROJECT, useScratch } from '../../support/scratch.js'

const scratch = useScratch()

/** Whether the processor is one where it is faster; then it is installed, too: git needs it. */
const isFaster = fastLibcrypto('sha256') !== undefined
const testFaster = isFaster ? test : test.skip

const OPEN = `
import { createHash, randomBytes } from 'node:crypto'
import { fastLibcrypto, openLibcrypto } from '${join(PROJECT, 'src/platform/libcrypto.ts')}'
const library = fastLibcrypto('sha256')!
const none = { ...library, path: 'libno-such-crypto.so' }
console.log(openLibcrypto(none, 'sha256'))
console.log(openLibcrypto(library, 'no-such-hash'))
const begin = openLibcrypto(library, 'sha256')!
for (const length of [0, 1, 64, 1000, 300_000]) {
  const content = Buffer.from(new SharedArrayBuffer(length))
  content.set(randomBytes(length))
  const own = createHash('sha256').update(content).digest('hex')
  begin().update(content)
  const hash = begin()
  hash.update(content.subarray(0, length >> 1))
  hash.update(content.subarray(length >> 1))
  console.log(Buffer.from(hash.digest()).toString('hex') === own)
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

describe(`openLibcrypto()${isFaster ? '' : ' (not tested: ours is as fast on this processor)'}`, () => {
  testFaster(
    'hashes one content after the other as we do, and is none where there is no library',
    () => {
      const { status, lines } = runWithBun(scratch, OPEN)
      expect(lines).toEqual(['undefined', 'undefined', ...Array(5).fill('true')])
      expect(status).toBe(0)
    },
  )

  testFaster('does not keep a process from ending in the middle', () => {
    for (let i = 0; i < 3; i++) expect(runWithBun(scratch, LEAVE).status).toBe(3)
  })
})

describe('fastLibcrypto()', () => {
  test('is none for what we hash as fast', () => {
    expect(fastLibcrypto('md5')).toBeUndefined()
  })
})
