import { describe, expect, test } from '@jest/globals'
import {
  formatBinarySize,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
} from '../../../src/model/units.js'

describe('formatSize()', () => {
  // `${humansize}` of git-annex 10.20230126.
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1000, '1 kB'],
    [1005, '1 kB'],
    [1015, '1.01 kB'],
    [1500, '1.5 kB'],
    [1994, '1.99 kB'],
    [1995, '2 kB'],
    [1999, '2 kB'],
    [999_999, '1000 kB'],
    [123_456_789, '123.46 MB'],
    [10n ** 26n, '100 YB'],
  ])('shows %s as %s', (size, shown) => {
    expect(formatSize(size, 'short')).toBe(shown)
  })

  test.each([
    [1, '1 byte'],
    [6, '6 bytes'],
    [1000, '1 kilobyte'],
    [78_080_000_000, '78.08 gigabytes'],
  ])('shows %d in words as %s', (size, shown) => {
    expect(formatSize(size)).toBe(shown)
  })
})

describe('formatBinarySize()', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [123 * 1024, '123 KiB'],
    [1.5 * 2 ** 30, '1.5 GiB'],
  ])('shows %d as %s', (size, shown) => {
    expect(formatBinarySize(size)).toBe(shown)
  })
})

describe('parseSize()', () => {
  test.each([
    ['5', 5n],
    ['5b', 5n],
    ['5 bytes', 5n],
    ['0.5', 0n],
    ['1.5', 2n],
    ['2.5', 2n],
    ['1e3', 1000n],
    ['30 kB', 30_000n],
    ['1.5KiB', 1536n],
    ['5k', 5000n],
    ['5ki', 5120n],
    ['8kbit', 1000n],
    ['5kilobytes', 5000n],
    ['1 mebibyte', 1_048_576n],
    ['1YB', 10n ** 24n],
    ['5 kB and more', 5000n],
  ])('reads %j', (text, size) => {
    expect(parseSize(text)).toBe(size)
  })

  test.each(['', 'x', '.5', 'kB', '5xx', '5kbfoo', '5kilo', '-1'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined()
  })
})

describe('parseDuration()', () => {
  test.each([
    ['5', 5],
    ['5m', 300],
    ['1h5m', 3900],
    ['1y2d', 367 * 86400],
    ['1h5', 3605],
    ['0s', 0],
  ])('reads %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  test.each(['', 'x', '5w', '5S', 'm5', '1 h'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test.each([0, 59, 3900, 90_061, 367 * 86400])('reads back %d seconds', (seconds) => {
    expect(parseDuration(formatDuration(seconds))).toBe(seconds)
  })
})
