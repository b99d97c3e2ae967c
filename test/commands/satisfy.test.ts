import { expect, test } from '@jest/globals'
import { expectContent, expectPointer, expectPresent } from '../support/expect.js'
import { FILM, makeFilmClones } from '../support/film.js'
import { useScratch } from '../support/scratch.js'

const scratch = useScratch()

test('git annex satisfy moves and drops contents as they are wanted, and leaves branches alone', () => {
  const { bare, a, b, key } = makeFilmClones(scratch)
  const before = a.git('rev-parse', 'origin/main', 'origin/git-annex').stdout
  a.annex('wanted', '.', 'exclude=*')
  expect(a.annex('satisfy', 'origin').stdout).toMatch(
    /copy film \(to origin...\) ok\ndrop film ok\n/,
  )
  expectPresent(bare, key)
  expectPointer(a, 'film')
  expect(a.git('rev-parse', 'origin/main', 'origin/git-annex').stdout).toBe(before)
  b.annex('merge')
  expect(b.annex('satisfy', '--fast').stdout).toBe('')
  b.git('fetch', '-q')
  expect(b.annex('satisfy').stdout).toContain('get film (from origin...) ok\n')
  expectContent(b, 'film', FILM)
})
