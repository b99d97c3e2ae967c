import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../src/model/bytes.js'
import { parseExtensionLimits, selectExtension } from '../../../src/model/extension.js'

describe('selectExtension()', () => {
  test.each([
    ['data.tar.gz', '.tar.gz'],
    ['foo.tar.gz.gpg', '.gz.gpg'],
    ['a.b.c.d', '.c.d'],
    ['Photo.JPEG', '.JPEG'],
    ['long.extension', ''],
    ['x.gz.longext', ''],
    ['x.longext.gz', '.gz'],
    ['x.tar.longext.gz', '.gz'],
    ['foo.b.m p.gz', '.b.gz'],
    ['foo.gz.a_b', '.gz'],
    ['foo.m p3', ''],
    ['foo.mp3~', ''],
    ['foo.c++', ''],
    ['foo.x,y', ''],
    ['.dotfile', ''],
    ['...three', ''],
    ['.hidden.txt', '.txt'],
    ['.a.b.c', '.b.c'],
    ['double..gz', '.gz'],
    ['a.b..c', '.c'],
    ['a..b.c', '.b.c'],
    ['foo.gz.', '.gz'],
    ['trailingdot.', ''],
    ['foo.éé', '.éé'],
    ['foo.ééé', ''],
    ['dir.d/file', ''],
    ['dir.d/.x/file.gz', '.gz'],
    ['', ''],
    ['.', ''],
    ['dir.d/', ''],
    ['noextension', ''],
  ])('of %j is %j', (name, extension) => {
    expect(selectExtension(bytesFromText(name))).toBe(bytesFromText(extension))
  })

  test('keeps bytes that are not UTF-8', () => {
    expect(selectExtension('foo.\xff\xfe')).toBe('.\xff\xfe')
  })

  test('counts a part of the maximal length and not one byte more', () => {
    const limits = { maxLength: 6, maxExtensions: 2 }
    expect(selectExtension('a.abcdef', limits)).toBe('.abcdef')
    expect(selectExtension('a.abcdefg', limits)).toBe('')
  })

  test('yields nothing for a length of 0', () => {
    expect(selectExtension('a.b.c', { maxLength: 0, maxExtensions: 2 })).toBe('')
  })

  test('keeps as many parts as it may', () => {
    const withMost = (maxExtensions: number) =>
      selectExtension('x.a.b.c.d', { maxLength: 4, maxExtensions })
    expect([0, 1, 3, 9].map(withMost)).toEqual(['', '.d', '.b.c.d', '.a.b.c.d'])
  })

  test('takes time in proportion to a very long name', () => {
    const name = `x${'.a'.repeat(200_000)}${'. '.repeat(200_000)}`
    const start = performance.now()
    expect(selectExtension(name)).toBe('.a.a')
    expect(performance.now() - start).toBeLessThan(30_000)
  })
})

describe('parseExtensionLimits()', () => {
  test('falls back where a setting is missing or no number', () => {
    expect(parseExtensionLimits({})).toEqual({ maxLength: 4, maxExtensions: 2 })
    expect(parseExtensionLimits({ maxExtensionLength: 'x', maxExtensions: '1k' })).toEqual({
      maxLength: 4,
      maxExtensions: 2,
    })
  })

  test('reads numbers', () => {
    expect(parseExtensionLimits({ maxExtensionLength: ' 10', maxExtensions: '3' })).toEqual({
      maxLength: 10,
      maxExtensions: 3,
    })
  })
})
