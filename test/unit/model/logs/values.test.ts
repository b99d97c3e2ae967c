/** The small grammars of values inside logs. */
import { describe, expect, test } from '@jest/globals'
import { bytesFromText } from '../../../../src/model/bytes.js'
import {
  formatDifferences,
  parseDifferences,
  recordedDifferences,
} from '../../../../src/model/logs/difference-log.js'
import { applyLogEdit, editedUuid } from '../../../../src/model/logs/log-edit.js'
import { isDeadKey, setKeyDead } from '../../../../src/model/logs/presence.js'
import { formatRemoteConfig, parseRemoteConfig } from '../../../../src/model/logs/remote-config.js'
import {
  addTransitions,
  describeTransitions,
  parseTransitions,
} from '../../../../src/model/logs/transitions.js'
import { parseGroups, parseTrust } from '../../../../src/model/logs/trust-log.js'
import { SECOND } from '../../../../src/model/vector-clock.js'

const LOG = 'abc/def/WORM--x.log'

describe('parseDifferences()', () => {
  test('reads what git-annex writes, and nothing else', () => {
    expect(parseDifferences('fromList []')).toEqual([])
    expect(parseDifferences('fromList [ObjectHashLower,OneLevelBranchHash]')).toHaveLength(2)
    expect(parseDifferences('fromList [Other]')).toBeUndefined()
    expect(parseDifferences('ObjectHashLower')).toBeUndefined()
  })

  test('formatDifferences() writes them in their fixed order', () => {
    const all = new Set(['OneLevelBranchHash', 'ObjectHashLower'] as const)
    expect(formatDifferences(all)).toBe('fromList [ObjectHashLower,OneLevelBranchHash]')
  })

  test('recordedDifferences() unites all repositories, and gives up on what it cannot read', () => {
    const log =
      'a fromList [ObjectHashLower] timestamp=1s\nb fromList [OneLevelObjectHash] timestamp=1s\n'
    expect([...recordedDifferences(log)!].sort()).toEqual(['ObjectHashLower', 'OneLevelObjectHash'])
    expect(recordedDifferences(`${log}c what timestamp=1s\n`)).toBeUndefined()
    expect(recordedDifferences('')).toEqual(new Set())
  })
})

describe('parseRemoteConfig()', () => {
  test('reads white space and ampersands that are escaped', () => {
    const config = parseRemoteConfig('name=foo&32;b&amp&38;r&9; type=directory')
    expect(config).toEqual(
      new Map([
        ['name', 'foo b&amp&r\t'],
        ['type', 'directory'],
      ]),
    )
  })

  test('formatRemoteConfig() sorts by name and escapes', () => {
    const config = new Map([
      ['b', 'x y'],
      ['a', bytesFromText('é\u2003&')],
    ])
    expect(formatRemoteConfig(config)).toBe(bytesFromText('a=é&8195;&38; b=x&32;y'))
  })
})

describe('setKeyDead()', () => {
  test('leaves a key alone that somebody has', () => {
    const text = '5s 1 a\n6s 0 b\n'
    expect(setKeyDead(text)).toBe(text)
    expect(isDeadKey(text)).toBe(false)
  })

  test('makes a key that isDeadKey() knows', () => {
    expect(isDeadKey(setKeyDead('6s 0 b\n'))).toBe(true)
    expect(isDeadKey('')).toBe(false)
  })
})

describe('parseTransitions()', () => {
  test('tells unknown ones apart', () => {
    const { known, unknown } = parseTransitions(
      'ForgetGitHistory 5s\nForgetAll 6s\nForgetGitHistory\n',
    )
    expect(known).toEqual([{ name: 'ForgetGitHistory', clock: 5n * SECOND }])
    expect(unknown).toEqual(['ForgetAll 6s', 'ForgetGitHistory'])
  })

  test('addTransitions() goes past older ones of the same name', () => {
    expect(addTransitions('ForgetGitHistory 9s\n', ['ForgetGitHistory'], 5n * SECOND)).toBe(
      'ForgetGitHistory 9s\nForgetGitHistory 10s\n',
    )
  })

  test('describeTransitions() names each once, in the order of git-annex', () => {
    const { known } = parseTransitions(
      'ForgetDeadRemotes 1s\nForgetGitHistory 2s\nForgetGitHistory 3s\n',
    )
    expect(describeTransitions(known)).toBe('["forget git history","forget dead remotes"]')
  })
})

describe('applyLogEdit()', () => {
  test('refuses an edit that does not fit the file', () => {
    expect(() => applyLogEdit('uuid.log', '', { kind: 'number', value: 1 }, 0n)).toThrow(
      /does not fit/,
    )
    expect(() => applyLogEdit('future.log', '', { kind: 'key-dead' }, 0n)).toThrow(/does not fit/)
  })

  test('editedUuid() says whom an edit concerns', () => {
    const here = { kind: 'presence', item: 'u', status: '1' } as const
    expect(editedUuid(LOG, here)).toBe('u')
    expect(editedUuid(`${LOG}.web`, here)).toBeUndefined()
    expect(editedUuid(`${LOG}.cnk`, { kind: 'map', field: 'u:5', value: '1' })).toBe('u')
    expect(editedUuid('config.log', { kind: 'map', field: 'a', value: '1' })).toBeUndefined()
    expect(editedUuid('uuid.log', { kind: 'uuid', uuid: 'u', value: '' })).toBe('u')
  })
})

test('parseTrust() and parseGroups() read the odd values', () => {
  expect(['', '1', '0', '?', 'Z', 'X', '00'].map(parseTrust)).toEqual([
    'trusted',
    'trusted',
    'untrusted',
    'semitrusted',
    'semitrusted',
    'dead',
    undefined,
  ])
  expect(parseGroups('  b  a b ')).toEqual(['a', 'b'])
})
