import { describe, expect, test } from '@jest/globals'
import {
  type Candidate,
  DEFAULT_THRESHOLD_BYTES,
  decideAnnexAdd,
  decideGitAdd,
  isDotfile,
  type LargefilesSettings,
  parseLargefiles,
  parseThreshold,
} from '../../../src/policy/largefiles.js'

const MIB = 1024 * 1024

function settings(changes: Partial<LargefilesSettings> = {}): LargefilesSettings {
  return {
    rule: undefined,
    thresholdBytes: DEFAULT_THRESHOLD_BYTES,
    gitAddToAnnex: true,
    dotfiles: false,
    ...changes,
  }
}

const rule = (text: string) => ({ rule: parseLargefiles(text, 'a test') })

function file(path: string, sizeBytes: number, wasAnnexed = false): Candidate {
  return { facts: { path, sizeBytes }, wasAnnexed }
}

describe('decideGitAdd()', () => {
  test.each([
    ['a small file', {}, file('a', MIB - 1), false, 'threshold'],
    ['a file as long as the threshold', {}, file('a', MIB), true, 'threshold'],
    ['a small file annexed before', {}, file('a', 1, true), true, 'annexed before'],
    ['another threshold', { thresholdBytes: 10n }, file('a', 10), true, 'threshold'],
    ['a big dotfile', {}, file('.a', MIB), false, 'dotfile'],
    ['a big file in a dot directory', {}, file('x/.y/a', MIB), false, 'dotfile'],
    ['a dotfile annexed before', {}, file('.a', 1, true), true, 'annexed before'],
    ['a big dotfile with annex.dotfiles', { dotfiles: true }, file('.a', MIB), true, 'threshold'],
    ['a dotfile that largefiles matches', rule('anything'), file('.a', 1), false, 'dotfile'],
    ['a file that largefiles matches', rule('anything'), file('a', 1), true, 'largefiles'],
    ['a file that it does not match', rule('nothing'), file('a', MIB), false, 'largefiles'],
    ['one annexed before', rule('nothing'), file('a', MIB, true), false, 'largefiles'],
    ['annex.gitaddtoannex=false', { gitAddToAnnex: false }, file('a', MIB), false, 'gitaddtoannex'],
    [
      'annex.gitaddtoannex=false with largefiles',
      { gitAddToAnnex: false, ...rule('anything') },
      file('a', MIB),
      false,
      'gitaddtoannex',
    ],
    [
      'annex.gitaddtoannex=false, annexed before',
      { gitAddToAnnex: false },
      file('a', 1, true),
      true,
      'annexed before',
    ],
  ] as const)('%s', (_, changes, candidate, isLarge, reason) => {
    expect(decideGitAdd(settings(changes), candidate)).toEqual({ isLarge, reason })
  })

  test('does not ask whether the file was annexed before when that decides nothing', () => {
    const candidate = {
      facts: { path: 'a', sizeBytes: MIB },
      get wasAnnexed(): boolean {
        throw new Error('was asked for')
      },
    }
    expect(decideGitAdd(settings(), candidate).isLarge).toBe(true)
    expect(decideGitAdd(settings(rule('nothing')), candidate).isLarge).toBe(false)
    expect(() => decideGitAdd(settings({ gitAddToAnnex: false }), candidate)).toThrow('asked for')
  })
})

describe('decideAnnexAdd()', () => {
  test.each([
    ['any file', {}, 'a', true, 'default'],
    ['a dotfile', {}, '.a', false, 'dotfile'],
    ['a dotfile with annex.dotfiles', { dotfiles: true }, '.a', true, 'default'],
    ['a file that largefiles matches', rule('include=*.c'), 'a.c', true, 'largefiles'],
    ['a file that it does not match', rule('include=*.c'), 'a.d', false, 'largefiles'],
    ['annex.gitaddtoannex=false', { gitAddToAnnex: false }, 'a', true, 'default'],
  ] as const)('%s', (_, changes, path, isLarge, reason) => {
    const decision = decideAnnexAdd(settings(changes), { path, sizeBytes: 1 })
    expect(decision).toEqual({ isLarge, reason })
  })
})

describe('isDotfile()', () => {
  test.each([
    ['.a', true],
    ['a/.b', true],
    ['.a/b', true],
    ['a', false],
    ['a.b/c.', false],
  ])('%s: %s', (path, answer) => {
    expect(isDotfile(path)).toBe(answer)
  })
})

describe('parseLargefiles()', () => {
  test('tells whether the content must be looked at', () => {
    expect(parseLargefiles('include=* or not mimetype=text/*', 'x').needsMime).toBe(true)
    expect(parseLargefiles('mimeencoding=binary', 'x').needsMime).toBe(true)
    expect(parseLargefiles('include=mime*', 'x').needsMime).toBe(false)
  })

  test('lets the empty expression match everything', () => {
    expect(parseLargefiles('', 'x').matches({})).toBe(true)
  })

  test('says which expression of which place is wrong', () => {
    expect(() => parseLargefiles('include=*.c or copies=1', '.gitattributes')).toThrow(
      'Cannot use annex.largefiles "include=*.c or copies=1" of .gitattributes: ' +
        'Parse failure: near "copies=1"',
    )
  })
})

describe('parseThreshold()', () => {
  test.each([
    [undefined, 1_048_576n],
    ['0', 0n],
    ['500kB', 500_000n],
    ['2 MiB', 2_097_152n],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseThreshold(text)).toBe(bytes)
  })

  test('refuses what is no size', () => {
    expect(() => parseThreshold('big')).toThrow('Bad size "big" for "annex.gitadd-threshold"')
  })
})
