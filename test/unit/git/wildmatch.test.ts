import { describe, expect, test } from '@jest/globals'
import { compileWildmatch } from '../../../src/git/wildmatch.js'

describe('compileWildmatch()', () => {
  test.each([
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['*.c', 'x.c', true],
    ['*.c', 'd/x.c', false],
    ['a*', 'a', true],
    ['**/x', 'x', true],
    ['**/x', 'a/b/x', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a**b', 'a/b', false],
    ['a**b', 'axyb', true],
    ['[ab]', 'b', true],
    ['[!ab]', 'b', false],
    ['[^ab]', '/', false],
    ['[]a]', ']', true],
    ['[a-c]', 'b', true],
    ['[c-a]', 'b', false],
    ['[[:digit:][:upper:]]', 'Q', true],
    ['[[:nosuch:]]', ':]', true],
    ['[\\]]', ']', true],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a.b', 'axb', false],
    ['(a|b)+', '(a|b)+', true],
    ['\xe9?', '\xe9\xff', true],
  ])('%j against %j is %s', (pattern, path, matches) => {
    expect(compileWildmatch(pattern)?.test(path)).toBe(matches)
  })

  test.each(['[a', '[', 'a\\', '[a-'])('%j is malformed', (pattern) => {
    expect(compileWildmatch(pattern)).toBeUndefined()
  })

  test('finds either case when asked to', () => {
    expect(compileWildmatch('*.JPG', true)?.test('x.jpg')).toBe(true)
    expect(compileWildmatch('*.JPG')?.test('x.jpg')).toBe(false)
  })
})
