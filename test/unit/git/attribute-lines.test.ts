import { describe, expect, test } from '@jest/globals'
import {
  linesWith,
  literalPattern,
  parseAttributeLine,
  quotePattern,
  withAttributes,
  withoutAttributes,
} from '../../../src/git/attribute-lines.js'
import { someBytes } from '../../support/scratch-repo.js'

describe('quotePattern()', () => {
  test.each([
    ['*.psd', '*.psd'],
    ['a b', '"a b"'],
    ['#a', '"#a"'],
    ['"a"', '"\\"a\\""'],
    ['a\tb\\', '"a\\011b\\\\"'],
    ['\\!a', '\\!a'],
    ['\xfc', '\xfc'],
  ])('%j becomes %j', (pattern, quoted) => {
    expect(quotePattern(pattern)).toBe(quoted)
  })

  test('is undone by parseAttributeLine()', () => {
    for (let seed = 1; seed < 500; seed++) {
      const pattern = someBytes(1 + (seed % 9), seed).toString('latin1')
      const line = `${quotePattern(pattern)} x=1`
      expect(line).not.toContain('\n')
      expect(parseAttributeLine(line, ['x'])?.pattern).toBe(pattern)
    }
  })
})

test('literalPattern() escapes what would be a wildcard', () => {
  expect(literalPattern('a[1]*?\\b')).toBe('a\\[1]\\*\\?\\\\b')
  expect(literalPattern('!a!')).toBe('\\!a!')
})

test('linesWith() counts lines from 1 and looks at the last value', () => {
  const text =
    '# filter=annex\n*.a filter=annex\n*.b filter=annex filter=x\n"c d" -text filter=annex\n'
  expect(linesWith(text, 'filter', 'annex')).toEqual([
    { pattern: '*.a', line: 2 },
    { pattern: 'c d', line: 4 },
  ])
})

describe('withAttributes()', () => {
  test.each([
    ['', '*.a x=1 -y\n'],
    ['*.b z', '*.b z\n*.a x=1 -y\n'],
    ['*.a z\n*.b\n', '*.a z x=1 -y\n*.b\n'],
    ['*.a x=2 y z\n', '*.a z x=1 -y\n'],
    ['*.a -y   x=1 z\n', '*.a -y   x=1 z\n'],
    ['*.a x=1\n"*.a" y\n', '*.a x=1\n*.a x=1 -y\n'],
  ])('makes of %j: %j', (before, after) => {
    expect(withAttributes(before, '*.a', ['x=1', '-y'])).toBe(after)
  })
})

describe('withoutAttributes()', () => {
  test.each([
    ['', ''],
    ['*.a x=1 -y\n', ''],
    ['# c\n*.a !x y=3 z\n*.b x=1\n', '# c\n*.a z\n*.b x=1\n'],
    ['*.a\n', '*.a\n'],
  ])('makes of %j: %j', (before, after) => {
    expect(withoutAttributes(before, '*.a', ['x=1', '-y'])).toBe(after)
  })
})
