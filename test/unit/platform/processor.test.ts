import { describe, expect, test } from '@jest/globals'
import { listsAes } from '../../../src/platform/processor.js'

describe('listsAes()', () => {
  test.each([
    ['processor\t: 0\nflags\t\t: fpu sse2 pclmulqdq aes xsave\nbugs\t\t:\n', true],
    ['processor\t: 0\nFeatures\t: fp asimd evtstrm aes pmull sha1\n', true],
    ['Features\t: fp asimd evtstrm crc32 aes\n', true],
    ['processor\t: 0\nflags\t\t: fpu sse2 vaes aesni\n', false],
    ['Features\t: half thumb fastmult vfp\nmodel name\t: an aes engine\n', false],
    ['', false],
  ])('reads %j as %s', (text, expected) => {
    expect(listsAes(text)).toBe(expected)
  })
})
