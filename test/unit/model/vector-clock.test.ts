import { describe, expect, test } from '@jest/globals'
import {
  clockFromMs,
  compareClocks,
  formatClock,
  nextClock,
  parseClock,
  SECOND,
} from '../../../src/model/vector-clock.js'
import { forRandom } from '../../support/random.js'

describe('parseClock()', () => {
  test.each([
    ['100s', 100n * SECOND],
    ['100', 100n * SECOND],
    ['+100s', 100n * SECOND],
    ['-5.5s', (-55n * SECOND) / 10n],
    ['0.000000000001s', 1n],
    ['0.0000000000019s', 1n],
    ['-0.5s', SECOND / 2n],
    ['007s', 7n * SECOND],
  ])('reads %s', (text, clock) => expect(parseClock(text)).toBe(clock))

  test.each(['', 's', '100.s', '.5s', '1e2s', '100sx', ' 1s', '1s ', '--1s', '1,5s', '0x1s'])(
    'refuses %j',
    (text) => expect(parseClock(text)).toBeUndefined(),
  )

  test('reads what formatClock() writes', () => {
    forRandom(500, (random) => {
      const clock = random.clock()
      // A sign before a zero integer part is lost, by design of the format.
      const isLossy = clock < 0n && clock > -SECOND
      expect(parseClock(formatClock(clock))).toBe(isLossy ? -clock : clock)
    })
  })
})

describe('formatClock()', () => {
  test.each([
    ['100', '100s'],
    ['100.50s', '100.5s'],
    ['-3.250s', '-3.25s'],
    ['0', '0s'],
    ['1.000000000001', '1.000000000001s'],
  ])('writes %s as %s', (text, written) => expect(formatClock(parseClock(text)!)).toBe(written))
})

describe('nextClock()', () => {
  test('takes the candidate when it is newer', () => {
    expect(nextClock(5n * SECOND, 4n * SECOND)).toBe(5n * SECOND)
    expect(nextClock(5n * SECOND, undefined)).toBe(5n * SECOND)
  })

  test('goes one second past an equal or newer clock, its fraction kept', () => {
    expect(nextClock(5n, 5n)).toBe(5n + SECOND)
    expect(nextClock(0n, 7n * SECOND + 3n)).toBe(8n * SECOND + 3n)
  })
})

test('compareClocks() puts an unknown clock before every other', () => {
  const sorted = [3n, undefined, -2n].sort(compareClocks)
  // Array.sort itself puts undefined last, so the comparison is asked directly.
  expect(sorted.slice(0, 2)).toEqual([-2n, 3n])
  expect(compareClocks(undefined, -2n)).toBeLessThan(0)
  expect(compareClocks(-2n, undefined)).toBeGreaterThan(0)
  expect(compareClocks(undefined, undefined)).toBe(0)
})

test('clockFromMs() drops the fraction of a second', () => {
  expect(clockFromMs(1_700_000_000_999)).toBe(1_700_000_000n * SECOND)
})
