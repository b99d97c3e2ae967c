import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../src/model/bytes.js'
import {
  escapeKeyFile,
  formatKey,
  parentKey,
  parseKey,
  parseKeyFile,
} from '../../../src/model/key.js'
import { keyLogPath, keyPlaces, objectPath } from '../../../src/model/key-path.js'
import { formatPointer } from '../../../src/model/pointer.js'
import { readVectors } from '../../support/vectors.js'

interface PathVector {
  key: string
  escapedFileName: string
  hashDirMixed: string
  hashDirLower: string
  objectPathMixed: string
  objectPathLower: string
  branchLogPath: string
  pointer: string
}

describe('parseKey()', () => {
  test.each([
    'SHA256E-s12--abc.txt',
    'WORM-s12-m1400000000--sub/dir/file.txt',
    'URL--http://example.com/',
    'SHA256E-s250000-S100000-C3--2a60.bin',
    'FOO---bar',
    'FOO-s1--a--b-c',
    'X--',
  ])('reads back %s', (text) => {
    expect(formatKey(parseKey(text)!)).toBe(text)
  })

  test.each([
    '',
    'SHA256E',
    '-s1--x',
    'A-s--x',
    'A-s-1--x',
    'A-s1.5--x',
    'A-m1-s1--x',
    'A-s1-s1--x',
    'A-q1--x',
    'A-s1-x',
    `SHA256E--a.${'x'.repeat(64)}`,
    'A--x\ny',
    'A\n--x',
    'A--x\0y',
  ])('refuses %j', (text) => {
    expect(parseKey(text)).toBeUndefined()
  })

  test('drops leading zeros and keeps sizes beyond 2^53', () => {
    expect(formatKey(parseKey('A-s010--x')!)).toBe('A-s10--x')
    expect(parseKey('A-s123456789012345678901--x')!.sizeBytes).toBe(123456789012345678901n)
  })

  test('allows 64 bytes of extension on an E key and any on others', () => {
    expect(parseKey(`SHA256E--a.${'x'.repeat(63)}`)).toBeDefined()
    expect(parseKey(`SHA256--a.${'x'.repeat(80)}`)).toBeDefined()
  })

  test('keeps bytes that are not UTF-8', () => {
    expect(formatKey(parseKey('WORM-s1-m1--\xff\xfe')!)).toBe('WORM-s1-m1--\xff\xfe')
  })
})

describe('parseKeyFile()', () => {
  test('undoes escapeKeyFile for random byte names', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      return seed / 0x7fffffff
    }
    for (let i = 0; i < 2000; i++) {
      const name = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
        String.fromCharCode('&%:/acs.-ab\xe9'.charCodeAt(Math.floor(random() * 12))),
      ).join('')
      const text = `WORM-s1-m2--${name}`
      expect(escapeKeyFile(text)).not.toContain('/')
      expect(formatKey(parseKeyFile(escapeKeyFile(text))!)).toBe(text)
    }
  })

  test('never leaves a slash for a key that tries to climb', () => {
    const key = parseKey('WORM-s1-m1--../../../etc/passwd')!
    expect(keyPlaces(key).keyFile).toBe('WORM-s1-m1--..%..%..%etc%passwd')
  })
})

describe('parentKey()', () => {
  test('drops the chunk fields only', () => {
    expect(formatKey(parentKey(parseKey('A-s9-S3-C2--x')!))).toBe('A-s9--x')
  })
})

describe('paths.json', () => {
  test.each(readVectors<PathVector[]>('paths').map((v) => [v.key, v] as const))('%s', (_, v) => {
    const key = parseKey(bytesFromText(v.key))!
    const places = keyPlaces(key)
    expect(formatKey(key)).toBe(bytesFromText(v.key))
    expect(places.keyFile).toBe(bytesFromText(v.escapedFileName))
    expect(places.mixed).toBe(v.hashDirMixed.replace(/\/$/, ''))
    expect(places.lower).toBe(v.hashDirLower.replace(/\/$/, ''))
    expect(`.git/annex/${objectPath(places, 'mixed')}`).toBe(bytesFromText(v.objectPathMixed))
    expect(`annex/${objectPath(places, 'lower')}`).toBe(bytesFromText(v.objectPathLower))
    expect(keyLogPath(places)).toBe(bytesFromText(v.branchLogPath))
    expect(formatPointer(key).toString()).toBe(v.pointer)
  })
})
