import { describe, expect, test } from '@jest/globals'
import { GitConfig } from '../../../src/git/config.js'
import { storeSettings } from '../../../src/store/settings.js'

const read = (settings: string, isBare = false) => storeSettings(new GitConfig(settings), isBare)

describe('storeSettings()', () => {
  test('prefers the mixed layout in work trees and the lower one elsewhere', () => {
    expect(read('').layouts).toEqual(['mixed', 'lower'])
    for (const other of [
      read('', true),
      read('annex.crippledfilesystem\ntrue'),
      read('core.symlinks\nfalse'),
    ])
      expect(other.layouts).toEqual(['lower', 'mixed'])
    expect(read('annex.tune.objecthashlower\ntrue').layouts).toEqual(['lower'])
  })

  test.each([
    ['group', 'group'],
    ['1', 'group'],
    ['true', 'group'],
    ['all', 'all'],
    ['world', 'all'],
    ['everybody', 'all'],
    ['2', 'all'],
    ['umask', 'umask'],
    ['false', 'umask'],
    ['0', 'umask'],
    ['0660', 'umask'],
  ])('reads core.sharedRepository=%s as %s', (value, sharing) => {
    expect(read(`core.sharedrepository\n${value}`).sharing).toBe(sharing)
  })

  test('locks the object itself in versions 8 and 9 only', () => {
    const locks = (version: string) => read(`annex.version\n${version}`).locksObject
    expect(['8', '9', '10', '11'].map(locks)).toEqual([true, true, false, false])
    expect(read('').locksObject).toBe(false)
  })

  test('reads what else git-annex has settings for', () => {
    expect(read('annex.tune.objecthash1\ntrue\0annex.securehashesonly\nyes')).toMatchObject({
      oneLevel: true,
      secureOnly: true,
      crippled: false,
    })
  })
})
