import { writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { moveToFree } from '../../../src/platform/exchange.js'
import { lstat } from '../../../src/platform/files.js'
import { expectContent } from '../../support/expect.js'
import { useScratch } from '../../support/scratch.js'

const scratch = useScratch()

test('moveToFree() takes nobody’s place', () => {
  const repo = scratch.repo('r')
  const [from, to] = [repo.path('from'), repo.path('to')]
  writeFileSync(from, 'new')
  writeFileSync(to, 'old')
  expect(moveToFree(from, to)).toBe(false)
  expectContent(repo, 'to', 'old')
  expectContent(repo, 'from', 'new')
  expect(moveToFree(to, repo.path('free'))).toBe(true)
  expect([lstat(to), repo.read('free').toString()]).toEqual([undefined, 'old'])
})
