import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import {
  BLOCK_WORDS,
  COUNTER,
  newBlake2Engine,
  VECTOR_BYTES,
} from '../../../src/backends/blake2-code.js'
import { newBlake2TreeHasher } from '../../../src/backends/blake2-tree.js'

function digest(name: 'blake2bp' | 'blake2sp', bits: number, length: number): string {
  const hasher = newBlake2TreeHasher(name, bits)
  hasher.update(Uint8Array.from({ length }, (_, i) => i))
  return hasher.digestHex()
}

describe('newBlake2TreeHasher()', () => {
  test('gives known digests of nothing', () => {
    expect(digest('blake2bp', 512, 0)).toBe(
      'b5ef811a8038f70b628fa8b294daae7492b1ebe343a80eaabbf1f6ae664dd67b9d90b0120791eab81dc96985f28849f6a305186a85501b405114bfa678df9380',
    )
    expect(digest('blake2sp', 256, 0)).toBe(
      'dd0e891776933f43c7d032b08a917e25741f8aa9a12c12e1cac8801500f2ca4f',
    )
  })

  // The authors publish the digests of 00, 00 01 … up to 255 bytes; this is the SHA-256 of them all.
  test.each([
    ['blake2bp', 512, '1ef61cba5c0639e3700c6ffd9be926fc8c14a46ce11d5c26530bd5ed737e377e'],
    ['blake2sp', 256, '16310ddfb88616518ff73c9675e5ba2e6db1bc8e0f022c2c0d55d8ec3067e01d'],
  ] as const)('gives the 256 published digests of %s', (name, bits, sum) => {
    const digests = Array.from({ length: 256 }, (_, length) => digest(name, bits, length)).join('')
    expect(createHash('sha256').update(digests).digest('hex')).toBe(sum)
  })
})

describe('newBlake2Engine()', () => {
  test('carries the counter of BLAKE2s over 4 GiB, lane by lane', () => {
    const { memory, run } = newBlake2Engine(4)
    const view = new DataView(memory.buffer)
    const counter = (lane: number, half: number) => (COUNTER + half) * VECTOR_BYTES + lane * 4
    const block = 4 * BLOCK_WORDS
    for (const [lane, low] of [0, 2 ** 32 - block, 2 ** 32 - 2 * block, 2 ** 32 - 1].entries())
      view.setUint32(counter(lane, 0), low, true)
    run(0, 4096, 2)
    const lanes = [0, 1, 2, 3].map((lane) => [
      view.getUint32(counter(lane, 1), true),
      view.getUint32(counter(lane, 0), true),
    ])
    expect(lanes).toEqual([
      [0, 2 * block],
      [1, block],
      [1, 0],
      [1, 2 * block - 1],
    ])
  })
})
