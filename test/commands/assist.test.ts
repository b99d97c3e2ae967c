import { expect, test } from '@jest/globals'
import { expectContent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** Two clones of a bare repository that know each other's files; only the first has the content. */
function makeClones(): { bare: ScratchRepo; a: ScratchRepo; b: ScratchRepo; key: string } {
  const bare = scratch.repo('bare.git', '--bare')
  const a = scratch.clone(bare, 'a')
  a.annex('init', 'a')
  a.write('film', someBytes(4000, 1))
  a.annex('add', 'film')
  a.annex('sync')
  const b = scratch.clone(bare, 'b')
  b.annex('init', 'b')
  b.annex('sync')
  return { bare, a, b, key: a.annex('lookupkey', 'film').stdout.trim() }
}

test('git annex assist adds, commits, and moves everything both ways', () => {
  const { bare, a, b, key } = makeClones()
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
