import { writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { Chunks } from '../../../src/worktree/chunks.js'
import type { ContentSource } from '../../../src/worktree/filter-content.js'
import { agreeWithObject } from '../../../src/worktree/object-comparison.js'
import { someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const CHUNK = 1000

/** Content whose first chunk is read already, as the cleaner hands it over. */
function chunksOf(content: Buffer): { chunks: Chunks; buffer: Buffer } {
  let at = 0
  const source: ContentSource = {
    fill(into, offset) {
      const count = content.copy(into, offset, at, at + into.length - offset)
      at += count
      return offset + count
    },
  }
  const buffer = Buffer.alloc(CHUNK)
  source.fill(buffer, 0)
  return { chunks: new Chunks(buffer, source), buffer }
}

function rest(chunks: Chunks, buffer: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (; chunks.current.length > 0; chunks.advance(buffer)) pieces.push(Buffer.from(chunks.current))
  return Buffer.concat(pieces)
}

describe('Chunks', () => {
  test.each([1000, 1001, 1999, 2000, 5500])('gives all of %i bytes', (length) => {
    const content = someBytes(length)
    const { chunks, buffer } = chunksOf(content)
    expect(rest(chunks, buffer).equals(content)).toBe(true)
    chunks.advance(buffer)
    expect(chunks.current).toHaveLength(0)
  })
})

describe('agreeWithObject()', () => {
  const content = someBytes(3500)
  const object = scratch.path('object')

  test.each([1000, 2000, 3500])('sees that all of %i bytes are the same', (length) => {
    writeFileSync(object, content.subarray(0, length))
    const { chunks, buffer } = chunksOf(content.subarray(0, length))
    expect(agreeWithObject(chunks, object, buffer)).toBe('all')
  })

  test.each([0, 999, 1000, 2500, 3499])('stops before the chunk that differs at byte %i', (at) => {
    writeFileSync(object, content)
    const changed = Buffer.from(content)
    changed[at]! ^= 1
    const { chunks, buffer } = chunksOf(changed)
    const agreed = at - (at % CHUNK)
    expect(agreeWithObject(chunks, object, buffer)).toBe(agreed)
    expect(rest(chunks, buffer).equals(changed.subarray(agreed))).toBe(true)
  })

  test('stops where the object is shorter', () => {
    writeFileSync(object, content.subarray(0, 3200))
    const { chunks, buffer } = chunksOf(content)
    expect(agreeWithObject(chunks, object, buffer)).toBe(3000)
    expect(rest(chunks, buffer).equals(content.subarray(3000))).toBe(true)
  })

  test('stops where the object is longer', () => {
    writeFileSync(object, content)
    const { chunks, buffer } = chunksOf(content.subarray(0, 2000))
    expect(agreeWithObject(chunks, object, buffer)).toBe(2000)
    expect(chunks.current).toHaveLength(0)
  })
})
