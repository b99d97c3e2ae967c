import { expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
import { FILM, makeFilmClones } from '../support/film.js'
import { someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex pull brings commits and contents, and sends nothing', () => {
  const { bare, a, b, key } = makeFilmClones(scratch)
  a.annex('copy', '--to', 'origin', '.')
  a.write('notes', 'notes\n')
  a.git('add', 'notes')
  a.git('commit', '-qm', 'notes')
  a.annex('push', '--no-content')
  b.write('own', someBytes(3000, 2))
  b.annex('add', 'own')
  expect(b.annex('pull', '-g').stdout).not.toContain('get')
  expectPointer(b, 'film')
  b.git('commit', '-qm', 'own')
  expect(b.annex('pull').stdout).toContain('get film (from origin...) ok\n')
  expectContent(b, 'film', FILM)
  expectContent(b, 'notes', 'notes\n')
  expectPresent(bare, key)
  expectNotPresent(bare, b.annex('lookupkey', 'own').stdout.trim())
  expect(b.git('log', '--format=%s', 'origin/main').stdout).not.toContain('own')
})
