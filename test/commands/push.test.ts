import { expect, test } from '@jest/globals'
import { expectContent, expectPointer, expectPresent } from '../support/expect.js'
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

test('git annex push sends commits and contents, and fetches nothing', () => {
  const { bare, a, b, key } = makeClones()
  a.write('notes', 'notes\n')
  a.git('add', 'notes')
  a.git('commit', '-qm', 'notes')
  b.write('own', someBytes(3000, 2))
  b.annex('add', 'own')
  b.git('commit', '-qm', 'own')
  expect(a.annex('push').stdout).toMatch(/^copy film \(to origin...\) ok\n[\s\S]*push origin/)
  expectPresent(bare, key)
  // What others have pushed is merged first.
  b.annex('pull', '-g')
  b.annex('push', '-J2')
  expectPresent(bare, b.annex('lookupkey', 'own').stdout.trim())
  expectPointer(b, 'film')
  a.annex('pull', '--fast')
  expectContent(a, 'own', someBytes(3000, 2))
  expect(a.annex('push', '--cleanup').stdout).toBe('cleanup local ok\ncleanup origin ok\n')
})
