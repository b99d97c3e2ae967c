import { describe, expect, test } from '@jest/globals'
import { chooseBackend } from '../../../src/backends/choose.js'

const choose = (sources: Parameters<typeof chooseBackend>[0]) => chooseBackend(sources).name

describe('chooseBackend()', () => {
  test('takes the first of option, attribute, annex.backend, annex.backends, SHA256E', () => {
    const all = { option: 'SHA1', attribute: 'MD5', config: 'SHA512', legacyConfig: 'WORM URL' }
    expect(choose(all)).toBe('SHA1')
    expect(choose({ ...all, option: undefined })).toBe('MD5')
    expect(choose({ config: 'SHA512', legacyConfig: 'WORM' })).toBe('SHA512')
    expect(choose({ legacyConfig: '\t WORM URL' })).toBe('WORM')
    expect(choose({})).toBe('SHA256E')
  })

  test.each(['unspecified', 'unset', 'set', 'sha256', ''])(
    'passes over the attribute value "%s"',
    (attribute) => expect(choose({ attribute, config: 'MD5' })).toBe('MD5'),
  )

  test('takes an empty option or annex.backend for the default', () => {
    expect(choose({ option: '', attribute: 'MD5' })).toBe('SHA256E')
    expect(choose({ config: '', legacyConfig: 'MD5' })).toBe('SHA256E')
  })

  test.each([
    { option: 'nope', attribute: 'MD5' },
    { config: 'nope', legacyConfig: 'MD5' },
    { legacyConfig: 'nope MD5' },
  ])('refuses an unknown name in %j and tells where the right ones are', (sources) => {
    expect(() => chooseBackend(sources)).toThrow(
      expect.objectContaining({
        code: 'BACKEND_UNKNOWN',
        message: 'unknown backend nope',
        hint: 'git annex backends lists those that there are',
      }),
    )
  })

  test('accepts the names of git-annex’s first design', () => {
    expect(['file', 'sha1sum', 'url'].map((option) => choose({ option }))).toEqual([
      'WORM',
      'SHA1',
      'URL',
    ])
  })

  test('knows every name with X, for a program may serve it', () => {
    expect(choose({ attribute: 'XFOO', config: 'MD5' })).toBe('XFOO')
  })
})
