import { describe, expect, test } from '@jest/globals'
import { bytesFromText, bytesToText, hasKeptBytes } from '../../../src/model/bytes.js'
import { Random } from '../../support/random.js'

describe('bytesToText()', () => {
  test.each([
    ['caf\xc3\xa9', 'café', false],
    ['caf\xe9', 'caf\udce9', true],
    ['\xf0\x9f\x99\x82\x80', '🙂\udc80', true],
    // U+FFFD itself, an encoded half of a surrogate pair, and a sequence longer than it need be.
    ['\xef\xbf\xbd', '\ufffd', false],
    ['\xed\xb3\xa9', '\udced\udcb3\udca9', true],
    ['\xc0\xaf', '\udcc0\udcaf', true],
    ['\xf4\x90\x80\x80', '\udcf4\udc90\udc80\udc80', true],
  ])('%j is %j', (bytes, text, isKept) => {
    expect(bytesToText(bytes)).toBe(text)
    expect(hasKeptBytes(text)).toBe(isKept)
    expect(bytesFromText(text)).toBe(bytes)
  })

  test('loses nothing of any bytes', () => {
    const random = new Random(7)
    for (let i = 0; i < 2000; i++) {
      const bytes = String.fromCharCode(
        ...Array.from({ length: 1 + (i % 40) }, () => random.below(256)),
      )
      expect(bytesFromText(bytesToText(bytes))).toBe(bytes)
    }
  })

  test('shows a person U+FFFD for what is no UTF-8', () => {
    expect(Buffer.from(bytesToText('caf\xe9')).toString()).toBe('caf\ufffd')
  })
})
