import { renameSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectPointer } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()

const VERSIONS = [someBytes(40_000, 1), someBytes(50_000, 2)]

/** An origin with two versions of a file, another file on a branch, and a clone of it. */
function makeClone(name: string): { origin: ScratchRepo; clone: ScratchRepo } {
  const origin = scratch.repo(name)
  origin.annex('init', 'origin')
  origin.git('config', 'annex.largefiles', 'anything')
  for (const [i, content] of VERSIONS.entries()) {
    origin.write('film', content)
    origin.write(`dir/extra ${i}`, someBytes(1000 + i, 9))
    origin.git('add', '.')
    origin.git('commit', '-q', '-m', `${i}`)
  }
  return { origin, clone: scratch.clone(origin, `${name}-clone`) }
}

describe('annex.autoget', () => {
  test('git annex init --autoget in a clone fetches everything, as an LFS clone does', () => {
    const { clone } = makeClone('init')
    clone.annex('init', '--autoget')
    expectContent(clone, 'film', VERSIONS[1]!)
    expectContent(clone, 'dir/extra 0', someBytes(1000, 9))
    expectClean(clone)
    clone.git('checkout', '-q', 'HEAD~1')
    expectContent(clone, 'film', VERSIONS[0]!)
    expectClean(clone)
    expect(clone.annex('whereis', 'film').stdout).toContain('(2 copies)')
  })

  test('git -c annex.autoget=true checkout fetches what it checks out and nothing else', () => {
    const { clone } = makeClone('once')
    clone.annex('init')
    clone.git('-c', 'annex.autoget=true', 'checkout', '-q', 'HEAD~1')
    expectContent(clone, 'film', VERSIONS[0]!)
    expectPointer(clone, 'dir/extra 0')
    clone.git('checkout', '-q', 'main')
    expectPointer(clone, 'film')
    expectClean(clone)
  })

  test('git pull and git worktree add fetch, too', () => {
    const { origin, clone } = makeClone('pull')
    clone.annex('init', '--autoget')
    origin.write('film', someBytes(60_000, 3))
    origin.git('commit', '-q', '-a', '-m', 'third')
    clone.git('pull', '-q')
    expectContent(clone, 'film', someBytes(60_000, 3))
    clone.git('worktree', 'add', '-q', `${clone.dir}-linked`, 'HEAD~2')
    expectContent(scratch.open('pull-clone-linked'), 'film', VERSIONS[0]!)
    expectClean(clone)
  })

  test('contents over annex.smudge-inline-max are fetched and put in place', () => {
    const { clone } = makeClone('large')
    clone.annex('init')
    clone.git('config', 'annex.smudge-inline-max', '10kB')
    clone.git('-c', 'annex.autoget=true', 'checkout', '-q', 'HEAD~1')
    expectContent(clone, 'film', VERSIONS[0]!)
    expectClean(clone)
  })

  test('a content that cannot be had leaves the pointer and a line that says who may have it', () => {
    const { origin, clone } = makeClone('away')
    clone.annex('init')
    clone.annex('find', '--in', 'origin')
    renameSync(origin.dir, `${origin.dir}-gone`)
    const { stderr } = clone.git('-c', 'annex.autoget=true', 'checkout', '-q', 'HEAD~1')
    expect(stderr).toMatch(/git-annex: film is left as a pointer: .*origin/)
    expectPointer(clone, 'film')
    expectClean(clone)
    renameSync(`${origin.dir}-gone`, origin.dir)
    clone.annex('get', 'film')
    expectContent(clone, 'film', VERSIONS[0]!)
  })

  test('without it a checkout fetches nothing', () => {
    const { clone } = makeClone('off')
    clone.annex('init')
    clone.git('checkout', '-q', 'HEAD~1')
    expectPointer(clone, 'film')
  })
})
