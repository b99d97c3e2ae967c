import { describe, expect, test } from '@jest/globals'
import {
  journalFileName,
  journalFilePath,
  locationLogKey,
  logFamily,
} from '../../../../src/model/logs/branch-paths.js'
import { forRandom } from '../../../support/random.js'

describe('logFamily()', () => {
  test.each([
    ['uuid.log', 'uuid'],
    ['numcopies.log', 'number'],
    ['config.log', 'map'],
    ['transitions.log', 'transitions'],
    ['f5d/46c/WORM-s1-m1--a.log', 'location'],
    ['f5d/WORM-s1-m1--a.log', 'location'],
    ['f5d/46c/WORM-s1-m1--a.log.web', 'item-presence'],
    ['f5d/46c/WORM-s1-m1--a.log.met', 'metadata'],
    ['f5d/46c/WORM-s1-m1--a.log.rmet', 'remote-metadata'],
    ['f5d/46c/WORM-s1-m1--a.log.cnk', 'chunk'],
    ['f5d/46c/WORM-s1-m1--a.log.cid', 'map'],
    ['f5d/46c/SHA256E-s1--ab.log.log', 'location'],
    ['remote/web/f5d/46c/WORM-s1-m1--a.log', 'item-presence'],
    ['f5d/46c/WORM-s1-m1--a.log.future', 'lines'],
    ['f5d/46c/readme.log', 'lines'],
    ['future.log', 'lines'],
    ['constructor', 'lines'],
  ])('%s is %s', (path, family) => expect(logFamily(path)).toBe(family))
})

describe('locationLogKey()', () => {
  test('unescapes the key', () => {
    expect(locationLogKey('abc/def/URL--http&c%%x&ay.log')).toBe('URL--http://x&y')
  })

  test.each([
    'abc/def/WORM--x.log.web',
    'abc/def/no-key.log',
    'abc/WORM--x.log',
    'remote/web/abc/def/WORM--x.log',
    'abc/def/WORM--a:b.log',
    `abc/def/SHA1E--x.${'y'.repeat(64)}.log`,
    'uuid.log',
  ])('%s is no location log', (path) => expect(locationLogKey(path)).toBeUndefined())
})

describe('journalFileName()', () => {
  test('escapes as git-annex does', () => {
    const path = 'f5d/46c/WORM-s1--a_b%c.log'
    expect(journalFileName(path)).toBe('f5d_46c_WORM-s1--a__b%c.log')
    expect(journalFilePath('a___b')).toBe('a_/b')
  })

  test('is undone by journalFilePath() where a slash is followed by a name', () => {
    forRandom(300, (random) => {
      const path = random
        .list(8, () => random.pick(['a', '_', '/', 'b']))
        .join('')
        .replace(/\/[_/]+/g, '/')
      expect(journalFilePath(journalFileName(path))).toBe(path)
    })
  })
})
