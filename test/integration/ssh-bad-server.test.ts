/** What `get` makes of a server behind ssh that does not keep to the protocol: nothing, and it says so. */
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectNotPresent } from '../support/expect.js'
import { PROJECT, type ScratchRepo, useScratch } from '../support/scratch.js'
import { findFaults } from '../support/soundness.js'

const scratch = useScratch()
const LIAR = join(PROJECT, 'test', 'support', 'lying-p2p-server.mjs')
let clone: ScratchRepo
let uuid: string
let keys: readonly string[]

beforeAll(() => {
  const origin = scratch.repo('origin')
  origin.annex('init', '-q', 'origin')
  // The first is asked for ahead, the second by itself.
  origin.write('small', 'small\n')
  origin.write('long', Buffer.alloc(200_000, 'y'))
  origin.annex('add', '-q', '.')
  origin.git('commit', '-qm', 'files')
  clone = scratch.clone(origin, 'clone')
  clone.annex('init', '-q', 'clone')
  uuid = origin.git('config', 'annex.uuid').stdout.trim()
  clone.git('config', 'remote.origin.url', 'ssh://nowhere.invalid/r')
  clone.git('config', 'remote.origin.annex-uuid', uuid)
  clone.git('config', 'annex.forward-retry', '0')
  keys = ['small', 'long'].map((file) => clone.annex('lookupkey', file).stdout.trim())
})

describe('git annex get from a server behind ssh', () => {
  test.each([
    ['wrong uuid', /there is another repository now \(somebody-else\)/],
    ['version 0', /Verification of content failed/],
    ['too long', /200005 bytes were sent where 200000 are missing/],
    ['too short', /Verification of content failed.*5 bytes are missing/],
    ['wrong content', /Verification of content failed/],
    ['wrong content, invalid', /Verification of content failed/],
    ['no number', /cannot be understood: "DATA many"/],
    ['out of order', /is SUCCESS where DATA was expected/],
    ['endless line', /longer than 32768 bytes/],
    ['error', /origin: the disk is on fire/],
    ['end', /Lost connection to origin/],
    ['silence', /stalled/],
  ])('fails when it meets: %s', (lie, message) => {
    const env = { GIT_SSH: LIAR, P2P_LIE: lie, P2P_UUID: uuid }
    const stall = lie === 'silence' ? ['-c', 'annex.stalldetection=1KB/1s'] : []
    const { status, stderr } = clone.tryRun(['git', 'annex', 'get', ...stall, '.'], { env })
    expect(stderr).toMatch(message)
    expect(status).toBe(1)
    for (const key of keys) expectNotPresent(clone, key)
  })

  test('leaves a sound repository after all that', () => {
    expect(findFaults(clone)).toEqual([])
  })
})
