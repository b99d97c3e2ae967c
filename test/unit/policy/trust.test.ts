import { describe, expect, test } from '@jest/globals'
import { GitConfig } from '../../../src/git/config.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import type { TrustLevel } from '../../../src/model/logs/trust-log.js'
import { configuredTrust, isTrustWorsened, trustOf } from '../../../src/policy/trust.js'

function levels(entries: Record<string, TrustLevel>): Map<string, TrustLevel> {
  return new Map(Object.entries(entries))
}

describe('trustOf()', () => {
  test('asks the command line, the configuration, the log; else semitrusted', () => {
    const recorded = levels({ u: 'dead', v: 'trusted' })
    const configured = levels({ u: 'untrusted' })
    expect(trustOf('u', { recorded })).toBe('dead')
    expect(trustOf('u', { recorded, configured })).toBe('untrusted')
    expect(trustOf('u', { recorded, configured, overrides: levels({ u: 'semitrusted' }) })).toBe(
      'semitrusted',
    )
    expect(trustOf('v', { recorded, configured })).toBe('trusted')
    expect(trustOf('w', { recorded, configured })).toBe('semitrusted')
  })
})

describe('configuredTrust()', () => {
  test('reads the levels of remotes whose uuid is known, whatever they are called', () => {
    const listing = [
      'remote.a.annex-uuid\nU1',
      'remote.a.annex-trustlevel\nuntrusted',
      'remote.My Disk.annex-uuid\nU2',
      'remote.My Disk.annex-trustlevel\ntrusted',
      `remote.${bytesFromText('größe')}.annex-uuid\nU3`,
      `remote.${bytesFromText('größe')}.annex-trustlevel\ndead`,
      'remote.unknown.annex-trustlevel\ntrusted',
      'remote.bad.annex-uuid\nU4',
      'remote.bad.annex-trustlevel\nvery',
    ]
    expect(configuredTrust(new GitConfig(listing.join('\0')))).toEqual(
      levels({ U1: 'untrusted', U2: 'trusted', U3: 'dead' }),
    )
  })
})

describe('isTrustWorsened()', () => {
  const recorded = levels({ t: 'trusted', u: 'untrusted', d: 'dead' })

  test.each([
    ['t', 's', false],
    ['s', 't', false],
    ['s', 'u', true],
    ['t', 'u', true],
    ['u', 'u', false],
    ['d', 'u', false],
    ['u', 'd', true],
    ['d', 'd', false],
    ['s', 's2', false],
  ])('of a move from %s to %s: %s', (from, to, expected) => {
    expect(isTrustWorsened(from, to, { recorded })).toBe(expected)
  })
})
