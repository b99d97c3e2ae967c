import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { lstat } from '../../../src/platform/files.js'
import { repairInPlace } from '../../../src/worktree/populate-in-place.js'
import { someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const KEY = `SHA256E-s9--${'a'.repeat(64)}`
const POINTER = Buffer.from(`/annex/objects/${KEY}\n`)

/** Lets the work tree have some bytes while the object has others. @returns the file after a repair */
function repair(found: Buffer, content: Buffer): { isRepaired: boolean; bytes: Buffer } {
  const [path, objectFile] = [scratch.path('f'), scratch.path('object')]
  writeFileSync(path, found)
  writeFileSync(objectFile, content)
  const [before, object] = [lstat(path)!, lstat(objectFile)!]
  const stat = repairInPlace({ path, keyText: KEY, objectFile, before, object }, POINTER)
  return { isRepaired: stat !== undefined, bytes: readFileSync(path) }
}

describe('repairInPlace()', () => {
  const short = Buffer.from('short\n')
  const long = someBytes(20_000, 2)

  test.each([
    [
      'a short content before the end of the pointer was cut off',
      short,
      Buffer.concat([short, POINTER.subarray(short.length)]),
    ],
    ['the first page of a longer content', long, long.subarray(0, 4096)],
    ['three pages of a longer content', long, long.subarray(0, 12_288)],
  ])('completes %s', (_, content, found) => {
    const { isRepaired, bytes } = repair(found, content)
    expect(isRepaired).toBe(true)
    expect(bytes.equals(content)).toBe(true)
  })

  test.each([
    ['a pointer', long, POINTER],
    ['what a user has written', long, Buffer.from('mine')],
    ['the beginning of the content as an editor may leave it', long, long.subarray(0, 5000)],
    ['content with something appended', short, Buffer.concat([short, Buffer.from('more')])],
    ['an empty file', long, Buffer.alloc(0)],
  ])('leaves %s alone', (_, content, found) => {
    const { isRepaired, bytes } = repair(Buffer.from(found), content)
    expect(isRepaired).toBe(false)
    expect(bytes.equals(found)).toBe(true)
  })
})
