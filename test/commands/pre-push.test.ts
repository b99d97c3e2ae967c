import { renameSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

/** A bare repository and a clone of it with one annexed file, not pushed yet. */
function makePair(name: string): { bare: ScratchRepo; clone: ScratchRepo; key: string } {
  const bare = scratch.repo(`${name}.git`, '--bare')
  bare.annex('init', 'server')
  const clone = scratch.clone(bare, name)
  clone.annex('init', 'laptop')
  clone.git('config', 'annex.largefiles', 'anything')
  clone.write('film', someBytes(5000, 1))
  clone.git('add', 'film')
  clone.git('commit', '-q', '-m', 'film')
  const key = clone.annex('lookupkey', 'film').stdout.trim()
  return { bare, clone, key }
}

describe('git annex pre-push', () => {
  test('git push takes the contents along, and the knowledge of them', () => {
    const { bare, clone, key } = makePair('along')
    clone.git('push', '-q', 'origin', 'HEAD')
    expectPresent(bare, key)
    const elsewhere = scratch.clone(bare, 'along-elsewhere')
    elsewhere.annex('get', 'film')
    expectContent(elsewhere, 'film', someBytes(5000, 1))
    expect(elsewhere.annex('whereis', 'film').stdout).toContain('(3 copies)')
  })

  test('sends only what the pushed commits bring', () => {
    const { bare, clone } = makePair('range')
    clone.git('push', '-q', 'origin', 'HEAD')
    clone.git('checkout', '-q', '-b', 'side')
    clone.write('other', someBytes(4000, 2))
    clone.git('add', 'other')
    clone.git('commit', '-q', '-m', 'other')
    const other = clone.annex('lookupkey', 'other').stdout.trim()
    clone.git('push', '-q', 'origin', 'main')
    expectNotPresent(bare, other)
    clone.git('push', '-q', 'origin', 'side')
    expectPresent(bare, other)
  })

  test.each([
    ['annex.push-content', ['-c', 'annex.push-content=none', 'push', '-q', 'origin', 'HEAD']],
    ['--no-verify', ['push', '-q', '--no-verify', 'origin', 'HEAD']],
  ])('sends nothing when it is told so by %s', (how, args) => {
    const { bare, clone, key } = makePair(`none${how.length}`)
    clone.git(...args)
    expectNotPresent(bare, key)
  })

  test('a content that cannot be stored stops the push with the way out', () => {
    const { bare, clone, key } = makePair('stopped')
    bare.write('annex/objects', 'in the way\n')
    const push = clone.tryRun(['git', 'push', '-q', 'origin', 'HEAD'])
    expect(push.status).not.toBe(0)
    expect(push.stderr).toContain('annex.push-content=none')
    expect(bare.tryRun(['git', 'rev-parse', '--verify', '-q', 'main']).status).not.toBe(0)
    renameSync(bare.path('annex/objects'), bare.path('annex/was'))
    clone.git('push', '-q', 'origin', 'HEAD')
    expectPresent(bare, key)
  })
})
