import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readCache, writeCache } from '../../../src/branch/content-cache.js'

const annexDir = mkdtempSync(join(tmpdir(), 'annexe-cache-'))
const file = join(annexDir, 'annexe/cache/branch')
afterAll(() => rmSync(annexDir, { recursive: true }))

describe('readCache()', () => {
  test('finds nothing where nothing was written', () => {
    expect(readCache(annexDir)).toBeUndefined()
  })

  test.each([
    ['no files', new Map<string, string>()],
    [
      'files, also empty ones and other bytes',
      new Map([
        ['a/b', 'x\n'],
        ['c \xff', ''],
        ['d', '\0\xff\n'],
      ]),
    ],
  ])('reads %s as they were written', (_, contents) => {
    writeCache(annexDir, { commit: 'c0ffee', contents })
    expect(readCache(annexDir)).toEqual({ commit: 'c0ffee', contents })
  })

  test('takes a damaged file for none', () => {
    writeCache(annexDir, { commit: 'c0ffee', contents: new Map([['a', 'content']]) })
    const whole = readFileSync(file)
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length))
      expect(readCache(annexDir)).toBeUndefined()
    }
  })
})
