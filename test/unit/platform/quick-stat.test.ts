import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from '@jest/globals'
import { isThere, quickStat } from '../../../src/platform/quick-stat.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

function statOf(path: string) {
  const fd = openSync(path, 'r')
  try {
    return quickStat(fd)
  } finally {
    closeSync(fd)
  }
}

test('quickStat() tells what an open file is', () => {
  const path = scratch.path('f')
  writeFileSync(path, 'content')
  chmodSync(path, 0o750)
  linkSync(path, `${path}2`)
  expect(statOf(path)).toEqual({ isFile: true, sizeBytes: 7, mode: 0o750, links: 2 })
  mkdirSync(scratch.path('d'))
  expect(statOf(scratch.path('d')).isFile).toBe(false)
})

test('isThere() counts links that lead nowhere', () => {
  const path = scratch.path('é\x80')
  expect(isThere(path)).toBe(false)
  symlinkSync('nowhere', scratch.path('link'))
  expect(isThere(scratch.path('link'))).toBe(true)
  expect(isThere(`${scratch.path('link')}/below`)).toBe(false)
  expect(isThere(scratch.path('f/below'))).toBe(false)
})
