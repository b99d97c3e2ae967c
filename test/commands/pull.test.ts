import { expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPointer, expectPresent } from '../support/expect.js'
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

test('git annex pull brings commits and contents, and sends nothing', () => {
  const { bare, a, b, key } = makeClones()
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
  expectContent(b, 'film', someBytes(4000, 1))
  expectContent(b, 'notes', 'notes\n')
  expectPresent(bare, key)
  expectNotPresent(bare, b.annex('lookupkey', 'own').stdout.trim())
  expect(b.git('log', '--format=%s', 'origin/main').stdout).not.toContain('own')
})
