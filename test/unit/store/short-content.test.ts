import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { canMatch, matchesKey, readShort } from '../../../src/store/short-content.js'
import { someBytes, useScratch } from '../../support/scratch.js'

const scratch = useScratch()
const CONTENT = someBytes(3000, 5)

describe('readShort()', () => {
  test('reads a file shorter than the limit, with its mode', () => {
    const path = scratch.path('short')
    for (const length of [0, 1, 2999, 3000]) {
      writeFileSync(path, CONTENT.subarray(0, length))
      chmodSync(path, 0o755)
      const read = readShort(path, 3001)
      expect(read?.mode).toBe(0o755)
      expect(Buffer.from(read!.content).equals(CONTENT.subarray(0, length))).toBe(true)
    }
  })

  test('reads nothing that is longer, no file or not there', () => {
    const path = scratch.path('long')
    writeFileSync(path, CONTENT)
    mkdirSync(scratch.path('dir'))
    expect(readShort(path, 3000)).toBeUndefined()
    expect(readShort(scratch.path('dir'), 3000)).toBeUndefined()
    expect(readShort(`${path}/below`, 3000)).toBeUndefined()
    expect(readShort(scratch.path('nowhere'), 3000)).toBeUndefined()
  })
})

describe('matchesKey()', () => {
  const hex = (algorithm: string) => createHash(algorithm).update(CONTENT).digest('hex')

  test('compares length and hash', () => {
    for (const [name, algorithm] of [
      ['SHA256E', 'sha256'],
      ['SHA512', 'sha512'],
      ['MD5E', 'md5'],
    ] as const) {
      const ending = name.endsWith('E') ? '.bin' : ''
      expect(matchesKey(`${name}-s3000--${hex(algorithm)}${ending}`, CONTENT)).toBe(true)
      expect(matchesKey(`${name}--${hex(algorithm)}${ending}`, CONTENT)).toBe(true)
      expect(matchesKey(`${name}-s2999--${hex(algorithm)}${ending}`, CONTENT)).toBe(false)
      expect(matchesKey(`${name}-s3000--${hex(algorithm)}`, someBytes(3000, 6))).toBe(false)
    }
  })

  test('vouches for nothing that has no hash', () => {
    for (const key of ['WORM-s3000-m1--f', 'URL-s3000--u', 'XODD-s3000--0', 'no key']) {
      expect(canMatch(key)).toBe(false)
      expect(matchesKey(key, CONTENT)).toBe(false)
    }
    expect(canMatch(`SHA256-s3000--${hex('sha256')}`)).toBe(true)
  })
})
