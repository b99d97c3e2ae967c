import { describe, expect, test } from '@jest/globals'
import { expectClean, expectSameBranch } from '../support/expect.js'
import { type ScratchRepo, useScratch } from '../support/scratch.js'

const scratch = useScratch()

function makePair(name: string): { origin: ScratchRepo; clone: ScratchRepo } {
  const origin = scratch.repo(name)
  origin.annex('init', 'origin')
  origin.git('config', 'annex.largefiles', 'anything')
  origin.write('film', 'content\n')
  origin.git('add', 'film')
  origin.git('commit', '-q', '-m', 'film')
  const clone = scratch.clone(origin, `${name}-clone`)
  clone.annex('init', 'clone')
  return { origin, clone }
}

describe('git annex merge', () => {
  test('merges what a fetched git-annex branch says', () => {
    const { origin, clone } = makePair('fetched')
    origin.annex('describe', 'here', 'the big one')
    clone.git('fetch', '-q')
    expect(clone.annex('merge').stdout).toContain('merge git-annex ok')
    expect(clone.git('show', 'git-annex:uuid.log').stdout).toContain('the big one')
  })

  test('gives the same branch as the real git-annex', () => {
    const { origin, clone } = makePair('same')
    clone.annex('get', '-q', 'film')
    clone.git('push', '-q', '--no-verify', 'origin', 'git-annex:synced/git-annex')
    origin.annex('numcopies', '2')
    const copy = scratch.clone(origin, 'same-real', '--mirror')
    origin.annex('merge')
    copy.git('config', 'annex.uuid', origin.git('config', 'annex.uuid').stdout.trim())
    copy.git('config', 'annex.version', '10')
    copy.realAnnex('merge')
    expectSameBranch(origin, copy)
  })

  test('merges synced/BRANCH, which others push, into the current branch', () => {
    const { origin, clone } = makePair('synced')
    clone.write('more', 'more\n')
    clone.git('add', 'more')
    clone.git('commit', '-q', '-m', 'more')
    clone.git('push', '-q', '--no-verify', 'origin', 'main:synced/main')
    origin.annex('merge')
    expect(origin.git('log', '-1', '--format=%s').stdout).toBe('more\n')
    expectClean(origin)
  })

  test('merges a branch that is named, and fails for one that is not there', () => {
    const { origin } = makePair('named')
    origin.git('checkout', '-q', '-b', 'side')
    origin.git('commit', '-q', '--allow-empty', '-m', 'on the side')
    origin.git('checkout', '-q', 'main')
    origin.annex('merge', 'side')
    expect(origin.git('log', '-1', '--format=%s').stdout).toBe('on the side\n')
    expect(origin.tryAnnex('merge', 'nowhere').status).toBe(1)
  })
})
