import { expect, test } from '@jest/globals'
import { expectContent, expectPointer, expectPresent } from '../support/expect.js'
import { makeFilmClones } from '../support/film.js'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex push sends commits and contents, and fetches nothing', () => {
  const { bare, a, b, key } = makeFilmClones(scratch)
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
