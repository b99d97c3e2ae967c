/**
 * What `copy --to` makes of a server behind ssh that does not store what it is sent: nothing is recorded
 * to be there, what is here stays, and it says so.
 */
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectPresent } from '../support/expect.js'
import { PROJECT, type ScratchRepo, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

const scratch = useScratch()
const LIAR = join(PROJECT, 'test', 'support', 'lying-p2p-receiver.mjs')
const UUID = '5d9a9d4c-0000-4000-8000-00000000000a'
let repo: ScratchRepo
let keys: readonly string[]

beforeAll(() => {
  repo = scratch.repo('repo')
  repo.annex('init', '-q', 'here')
  // The first is sent ahead, the second by itself.
  repo.write('a-short', 'y'.repeat(1000))
  repo.write('long', 'y'.repeat(3_000_000))
  repo.annex('add', '-q', '.')
  repo.git('commit', '-qm', 'files')
  repo.git('remote', 'add', 'origin', 'ssh://nowhere.invalid/r')
  repo.git('config', 'remote.origin.annex-uuid', UUID)
  repo.git('config', 'annex.forward-retry', '0')
  keys = ['a-short', 'long'].map((file) => repo.annex('lookupkey', file).stdout.trim())
})

const OTHERS = 'ERROR unknown command'
const OURS = 'SUCCESS'

describe('git annex copy to a server behind ssh', () => {
  test.each([
    ['a full disk', OTHERS, / origin: not enough free space$/m],
    ['a full disk', OURS, / origin: not enough free space$/m],
    ['an error in the end', OTHERS, /origin could not store it/],
    ['an error in the end', OURS, /origin could not store it/],
    ['more than there is', OTHERS, /origin could not store it/],
    ['no number', OTHERS, /cannot be understood: "PUT-FROM many"/],
    ['something else', OURS, /answered VALID to a yes-or-no question/],
    ['an endless line', OTHERS, /longer than 32768 bytes/],
    ['the end', OURS, /Lost connection to origin/],
    ['the end in the middle', OTHERS, /Lost connection to origin/],
    ['silence', OTHERS, /stalled/],
    ['silence in the end', OURS, /stalled/],
    ['a full pipe', OTHERS, /stalled/],
  ])('fails when it meets %s (%s)', (lie, whole, message) => {
    const env = { GIT_SSH: LIAR, P2P_LIE: lie, P2P_UUID: UUID, P2P_WHOLE: whole }
    const isStalled = /silence|pipe/.test(lie)
    const stall = isStalled ? ['-c', 'annex.stalldetection=1KB/1s'] : []
    const args = ['git', 'annex', 'copy', ...stall, '--to=origin', '.']
    const { status, stdout, stderr } = repo.tryRun(args, { env })
    expect(stderr).toMatch(message)
    expect([status, stdout.match(/^failed$/gm)?.length ?? stdout]).toEqual([1, 2])
    expect(repo.annex('find', '--in=origin').stdout).toBe('')
    for (const key of keys) expectPresent(repo, key)
  })

  test('leaves a sound repository after all that', () => {
    expect(findFaults(repo)).toEqual([])
  })
})
