import { describe, expect, test } from '@jest/globals'
import { normaliseSchedule } from '../../../src/model/schedule.js'

describe('normaliseSchedule()', () => {
  test.each([
    ['fsck self 90m every week at 14:05', 'fsck self 1h30m every week at 2:05 PM'],
    [
      'fsck  self 1h on day 03 of every month at 0',
      'fsck self 1h on day 3 of every month at 12 AM',
    ],
    [
      'fsck u 1d on day 1 of year divisible by 2 at 12 pm',
      'fsck u 1d on day 1 of years divisible by 2 at 12 PM',
    ],
    ['fsck self 1h every day at any time; fsck u 2s days divisible by 3 at 23:59', undefined],
    ['', ''],
  ])('gives %j its form', (text, expected) => {
    const form = normaliseSchedule(text)
    if (expected !== undefined) expect(form).toBe(expected)
    // Its own form is one that it reads.
    expect(normaliseSchedule(form)).toBe(form)
  })

  test.each([
    'sync self 1h every day at any time',
    'fsck self',
    'fsck self 1h',
    'fsck self 1h every day at',
    'fsck self 1h days divisible by 0 at any time',
    'fsck self 1h on day 2 of day at any time',
  ])('refuses %j', (text) => {
    expect(() => normaliseSchedule(text)).toThrow(`in "${text}"`)
  })
})
