import { describe, expect, test } from '@jest/globals'
import { expectClean, expectContent, expectNotPresent, expectPresent } from '../support/expect.js'
import { type ScratchRepo, someBytes, useScratch } from '../support/scratch.js'

const scratch = useScratch()
const FILM = someBytes(5000, 1)

/** A clone with content that its origin lacks. */
function makePair(name: string): { origin: ScratchRepo; clone: ScratchRepo; key: string } {
  const origin = scratch.repo(name)
  origin.annex('init', 'origin')
  origin.git('commit', '-q', '--allow-empty', '-m', 'first')
  const clone = scratch.clone(origin, `${name}-clone`)
  clone.annex('init', 'clone')
  clone.write('film', FILM)
  clone.annex('add', 'film')
  clone.git('commit', '-q', '-m', 'film')
  return { origin, clone, key: clone.annex('lookupkey', 'film').stdout.trim() }
}

describe('git annex copy', () => {
  test('--to stores content at the remote, and both know of it', () => {
    const { origin, clone, key } = makePair('to')
    expect(clone.annex('copy', '--to', 'origin', 'film').stdout).toContain(
      'copy film (to origin...) ok\n',
    )
    expectPresent(origin, key)
    expectPresent(clone, key)
    expect(clone.annex('whereis', 'film').stdout).toContain('(2 copies)')
    expect(origin.git('log', '-1', '--format=%s', 'git-annex').stdout).toBe('update\n')
    expect(origin.realAnnex('fsck', '-q', '--all').status).toBe(0)
    // Asked once more, the remote says that it has it.
    expect(clone.annex('copy', '--to', 'origin', 'film').stdout).toBe('copy film ok\n')
    expect(clone.annex('copy', '--fast', '--to', 'origin', 'film').stdout).toBe('')
  })

  test('--to fills pointer files in the work tree there', () => {
    const { origin, clone } = makePair('tree')
    clone.git('push', '-q', '--no-verify', 'origin', 'HEAD:refs/heads/incoming')
    origin.git('merge', '-q', 'incoming')
    expect(origin.read('film').length).toBeLessThan(200)
    clone.annex('copy', '--to', 'origin', 'film')
    expectContent(origin, 'film', FILM)
    expectClean(origin)
  })

  test('--from fetches, and passes over what the remote does not have', () => {
    const { origin, clone, key } = makePair('from')
    clone.annex('copy', '-q', '--to', 'origin', 'film')
    clone.annex('drop', '-q', 'film')
    clone.annex('copy', '--from', 'origin', 'film')
    expectContent(clone, 'film', FILM)
    expectPresent(origin, key)
    clone.annex('drop', '-q', '--from', 'origin', 'film')
    expect(clone.annex('copy', '--from', 'origin', 'film').stdout).toBe('')
    expectClean(clone)
  })

  test('never stores content that does not match its key', () => {
    const { origin, clone, key } = makePair('damaged')
    const object = clone.path(clone.annex('contentlocation', key).stdout.trim())
    clone.run(['sh', '-c', 'chmod u+w "$1" && echo damaged >"$1"', 'sh', object])
    const { status, stderr } = clone.tryAnnex('copy', '--to', 'origin', 'film')
    expect(status).toBe(1)
    expect(stderr).toContain('Verification of content failed')
    expectNotPresent(origin, key)
    expect(clone.annex('whereis', 'film').stdout).toContain('(1 copy)')
  })

  test('stores nothing in a remote with annex-readonly', () => {
    const { origin, clone, key } = makePair('readonly')
    clone.git('config', 'remote.origin.annex-readonly', 'true')
    expect(clone.tryAnnex('copy', '--to', 'origin', 'film').status).toBe(1)
    expectNotPresent(origin, key)
  })

  test('wants to know where', () => {
    const { clone } = makePair('where')
    expect(clone.tryAnnex('copy', 'film').stderr).toContain('--from')
    expect(clone.tryAnnex('copy', '--to', 'nowhere', 'film').stderr).toContain(
      'there is no available git remote named "nowhere"',
    )
  })
})
