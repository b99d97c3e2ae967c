import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { AnnexBranch } from '../../../src/branch/branch.js'
import { readConfig } from '../../../src/git/config.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { ObjectStore } from '../../../src/store/object-store.js'
import { type Relay, relayContent } from '../../../src/transfer/relay.js'
import { listNotes } from '../../../src/transfer/transfer-records.js'
import { MemoryRemote } from '../../support/memory-remote.js'
import { someBytes, useScratch } from '../../support/scratch.js'
import { PLAIN } from '../../support/store-dirs.js'

const scratch = useScratch()
const CONTENT = someBytes(1000, 1)
const KEY = `SHA256E-s1000--${createHash('sha256').update(CONTENT).digest('hex')}.bin`
const ui = { note() {}, warning() {}, progress() {} }

function makeRelay(name: string) {
  const repo = scratch.repo(name)
  const repository = openRepositoryAt(repo.dir)!
  const relay: Relay = {
    store: new ObjectStore(repository.annexDir, PLAIN),
    branch: new AnnexBranch(repository),
    config: readConfig(repository),
    reserveBytes: 0n,
  }
  const from = new MemoryRemote('from')
  from.contents.set(KEY, CONTENT)
  const failed = () =>
    (['download', 'upload'] as const).flatMap((direction) =>
      [...listNotes(repository.annexDir, direction, 'failed')].map(({ uuid, file }) => [
        direction,
        uuid,
        file,
      ]),
    )
  const temp = () => readdirSync(repo.path('.git/annex/annexe/tmp'))
  return { relay, from, to: new MemoryRemote('to'), failed, temp }
}

describe('relayContent()', () => {
  test('leaves nothing here but the record of the copy', async () => {
    const { relay, from, to, failed, temp } = makeRelay('plain')
    await relayContent(KEY, { from, to }, { relay, ui, file: 'f' })
    expect(relay.branch.locations(KEY)).toEqual(['uuid-to'])
    expect([relay.store.has(KEY), temp(), failed()]).toEqual([false, [], []])
  })

  test('notes the half that failed, until it succeeds', async () => {
    const { relay, from, to, failed, temp } = makeRelay('failing')
    const attempt = () => relayContent(KEY, { from, to }, { relay, ui, file: 'f' })
    to.misbehaviour = 'unreachable'
    await expect(attempt()).rejects.toThrow('Cannot reach to')
    expect(failed()).toEqual([['upload', 'uuid-to', 'f']])
    from.contents.set(KEY, someBytes(1000, 2))
    await expect(attempt()).rejects.toThrow('do not match')
    expect(failed()).toEqual([
      ['download', 'uuid-from', 'f'],
      ['upload', 'uuid-to', 'f'],
    ])
    from.contents.set(KEY, CONTENT)
    to.misbehaviour = undefined
    await attempt()
    expect([failed(), temp(), existsSync(relay.store.placeFor(KEY).path)]).toEqual([[], [], false])
  })
})
