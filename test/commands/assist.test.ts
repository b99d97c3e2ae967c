import { expect, test } from '@jest/globals'
import { expectContent, expectPresent } from '../support/expect.js'
import { makeFilmClones } from '../support/film.js'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex assist adds, commits, and moves everything both ways', () => {
  const { bare, a, b, key } = makeFilmClones(scratch)
  a.write('sub/new', someBytes(3000, 2))
  a.run(['git', 'annex', 'assist', '-m', 'by hand'], { cwd: a.path('sub') })
  expect(a.git('log', '-1', '--format=%s').stdout).toBe('by hand\n')
  for (const sent of [key, a.annex('lookupkey', 'sub/new').stdout.trim()]) expectPresent(bare, sent)
  b.write('in/this', someBytes(2000, 3))
  b.write('not/that', someBytes(2000, 4))
  const { stdout } = b.annex('assist', '-C', 'in')
  expect(stdout).toContain('add in/this ok')
  expectPresent(bare, b.annex('lookupkey', 'in/this').stdout.trim())
  expect(b.git('status', '--porcelain').stdout).toBe('?? not/\n')
  b.annex('assist')
  expectContent(b, 'sub/new', someBytes(3000, 2))
})
