import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../src/model/bytes.js'
import { keyName, resanitizeKeyName } from '../../../src/model/key-name.js'

describe('keyName()', () => {
  test.each([
    ['plain-name_1.txt', 'plain-name_1.txt'],
    ['sub/dir%20:x', 'sub/dir%20:x'],
    ['with space', 'with,32space'],
    ['comma,comma', 'comma,,comma'],
    ['new\nline', 'new,10line'],
    ['é', ',233'],
    ['😀', ',128512'],
  ])('of %j is %j', (text, name) => expect(keyName(bytesFromText(text))).toBe(name))

  test.each([
    ['a stray byte', '\xffx', ',56575x'],
    ['a lone continuation', '\x80', ',56448'],
    ['a sequence cut short', 'a\xc3', 'a,56515'],
    ['a sequence broken by text', '\xe2\x98x', ',56546,56472x'],
    ['an overlong form', '\xc0\xaf', ',56512,56495'],
    ['an overlong form of three', '\xe0\x80\xaf', ',56544,56448,56495'],
    ['a surrogate', '\xed\xa0\x80', ',56557,56480,56448'],
    ['a code point beyond the last', '\xf4\x90\x80\x80', ',56564,56464,56448,56448'],
  ])('escapes %s byte by byte', (_, text, name) => expect(keyName(text)).toBe(name))

  test('keeps 64 bytes whole, however long they become', () => {
    expect(keyName(' '.repeat(64))).toBe(',32'.repeat(64))
  })

  test('cuts 65 bytes and adds their MD5', () => {
    expect(keyName(`${'x'.repeat(64)}y`)).toBe(
      'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-c2b46f7d740afe15dc4a9ebefc34bc7b',
    )
  })
})

describe('resanitizeKeyName()', () => {
  test('leaves commas, so that it changes a sanitized name no further', () => {
    const once = resanitizeKeyName('old name,32\r')
    expect(once).toBe('old,32name,32,13')
    expect(resanitizeKeyName(once)).toBe(once)
  })

  test('cuts nothing', () => {
    expect(resanitizeKeyName('x'.repeat(100))).toBe('x'.repeat(100))
  })
})
