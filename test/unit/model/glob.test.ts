import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../src/model/bytes.js'
import { compileGlob } from '../../../src/model/glob.js'
import { readVectors } from '../../support/vectors.js'

const { globs } = readVectors<{ globs: [string, string, boolean][] }>('expressions')

describe('compileGlob()', () => {
  test.each(globs)('%j against %j is %s', (pattern, name, matches) => {
    expect(compileGlob(bytesFromText(pattern))(bytesFromText(name))).toBe(matches)
  })

  test('takes a byte that is not UTF-8 for one character', () => {
    expect(compileGlob('a?b')('a\xffb')).toBe(true)
    expect(compileGlob('a??b')('a\xff\xc3b')).toBe(true)
    expect(compileGlob('a?b')('a\xff\xc3b')).toBe(false)
    expect(compileGlob(`${bytesFromText('é\xff').slice(0, 2)}?`)('\xc3\xa9\xff')).toBe(true)
  })

  test('compares invalid bytes exactly', () => {
    expect(compileGlob('*\xfe')('x\xfe')).toBe(true)
    expect(compileGlob('*\xfe')('x\xff')).toBe(false)
  })

  test('with ignoreCase finds either case', () => {
    const glob = compileGlob(bytesFromText('É[a-c]*'), { ignoreCase: true })
    expect(glob(bytesFromText('éBx'))).toBe(true)
    expect(glob(bytesFromText('éDx'))).toBe(false)
  })

  test('answers quickly for a pattern with many stars', () => {
    const start = performance.now()
    expect(compileGlob(`${'*'.repeat(100)}b`)('a'.repeat(4000))).toBe(false)
    expect(performance.now() - start).toBeLessThan(30_000)
  })
})
