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

test('git annex satisfy moves and drops contents as they are wanted, and leaves branches alone', () => {
  const { bare, a, b, key } = makeClones()
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
  expectContent(b, 'film', someBytes(4000, 1))
})
