import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import * as files from '../../../src/platform/files.js'
import { keepStat } from '../../../src/platform/kept-stat.js'

const dir = mkdtempSync(join(tmpdir(), 'annexe-test-'))
afterAll(() => rmSync(dir, { recursive: true }))

const FIELDS = ['ctimeNs', 'mtimeNs', 'dev', 'ino', 'mode', 'uid', 'gid', 'size'] as const

describe('keepStat()', () => {
  test('keeps every field that tells a file, times before 1970 as well', () => {
    const file = join(dir, 'f')
    writeFileSync(file, 'content')
    utimesSync(file, -5, -5.5)
    const stat = files.lstat(file)!
    const kept = keepStat(stat)
    for (const field of FIELDS) expect([field, kept[field]]).toEqual([field, stat[field]])
  })

  test('keeps thousands apart', () => {
    const stats = Array.from({ length: 1000 }, (_, i) => ({
      ...files.lstat(dir)!,
      ino: BigInt(i),
      size: BigInt(2 * i),
    }))
    const kept = stats.map((stat) => keepStat(stat))
    expect(kept.map(({ ino }) => ino)).toEqual(stats.map(({ ino }) => ino))
    expect(kept.map(({ size }) => size)).toEqual(stats.map(({ size }) => size))
  })
})
