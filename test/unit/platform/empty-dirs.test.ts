import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { noteEntry, wasEmpty } from '../../../src/platform/empty-dirs.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

test('wasEmpty() tells of what this process puts into a directory at once', () => {
  const dir = scratch.path('dir')
  expect(wasEmpty(dir)).toBe(true)
  mkdirSync(dir)
  writeFileSync(`${dir}/f`, '')
  noteEntry(dir)
  expect(wasEmpty(dir)).toBe(false)
})

test('wasEmpty() sees what others put there after a moment', async () => {
  const dir = scratch.path('theirs')
  mkdirSync(dir)
  expect(wasEmpty(dir)).toBe(true)
  writeFileSync(`${dir}/f`, '')
  await expect(
    new Promise((resolve) => setTimeout(() => resolve(wasEmpty(dir)), 150)),
  ).resolves.toBe(false)
})
