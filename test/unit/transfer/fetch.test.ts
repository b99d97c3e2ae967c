import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { AnnexBranch } from '../../../src/branch/branch.js'
import { readConfig } from '../../../src/git/config.js'
import { openRepositoryAt } from '../../../src/git/repository.js'
import { isAnnexError } from '../../../src/model/errors.js'
import type { Remote } from '../../../src/remotes/remote.js'
import { ObjectStore } from '../../../src/store/object-store.js'
import { type Destination, fetchContent, keySize } from '../../../src/transfer/fetch.js'
import { sendContent } from '../../../src/transfer/send.js'
import { MemoryRemote, type Misbehaviour } from '../../support/memory-remote.js'
import { someBytes, useScratch } from '../../support/scratch.js'
import { PLAIN } from '../../support/store-dirs.js'

const scratch = useScratch()
const CONTENT = someBytes(1000, 1)
const KEY = `SHA256E-s1000--${createHash('sha256').update(CONTENT).digest('hex')}.bin`
let count = 0

/** A repository for contents to come to, and what it was told. */
function makePlace(reserveBytes = 0n) {
  const repo = scratch.repo(`r${count++}`)
  const repository = openRepositoryAt(repo.dir)!
  const arrived: string[] = []
  const said: string[] = []
  const destination: Destination = {
    uuid: 'here',
    store: new ObjectStore(repository.annexDir, PLAIN),
    branch: new AnnexBranch(repository),
    config: readConfig(repository),
    reserveBytes,
    contentArrived: (keyText) => arrived.push(keyText),
  }
  const ui = {
    note: (text: string) => void said.push(text),
    warning: (text: string) => void said.push(`! ${text}`),
    progress: (done: number, total?: number) => void said.push(`${done}/${total}`),
  }
  return {
    destination,
    ui,
    arrived,
    said,
    temp: () => readdirSync(repo.path('.git/annex/annexe/tmp')),
  }
}

function makeRemote(name: string, content?: Buffer, misbehaviour?: Misbehaviour): MemoryRemote {
  const remote = new MemoryRemote(name)
  if (content) remote.contents.set(KEY, content)
  remote.misbehaviour = misbehaviour
  return remote
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    return isAnnexError(error) ? error.code : String(error)
  }
}

describe('fetchContent()', () => {
  test('stores content, then records it, then has the work tree follow', async () => {
    const { destination, ui, arrived, said, temp } = makePlace()
    const remote = makeRemote('a', CONTENT)
    const outcome = await fetchContent(KEY, [remote], { destination, ui })
    expect(outcome).toEqual({ from: remote, failed: [] })
    expect(readFileSync(destination.store.locate(KEY)!.path).equals(CONTENT)).toBe(true)
    expect(destination.branch.locations(KEY)).toEqual(['here'])
    expect([arrived, said, temp()]).toEqual([[KEY], ['from a...', '1000/1000'], []])
  })

  test('goes on to the next remote after any kind of failure', async () => {
    const { destination, ui, said, temp } = makePlace()
    const remotes = [
      makeRemote('away', CONTENT, 'unreachable'),
      makeRemote('broken', CONTENT, 'broken disk'),
      makeRemote('empty'),
      makeRemote('damaged', someBytes(1000, 2)),
      makeRemote('short', CONTENT.subarray(1)),
      makeRemote('good', CONTENT),
      makeRemote('never asked', CONTENT),
    ]
    const { from, failed } = await fetchContent(KEY, remotes, { destination, ui })
    expect(from?.name).toBe('good')
    expect(failed.map(({ name }) => name)).toEqual(['away', 'broken', 'empty', 'damaged', 'short'])
    expect(said.filter((text) => text.startsWith('!'))).toHaveLength(5)
    expect(remotes[6]!.asked).toEqual([])
    expect(temp()).toEqual([])
  })

  test('records nothing when nobody can give it', async () => {
    const { destination, ui, arrived } = makePlace()
    const remotes = [makeRemote('empty'), makeRemote('damaged', someBytes(1000, 2))]
    const { from, failed } = await fetchContent(KEY, remotes, { destination, ui })
    expect([from, failed.length, destination.store.has(KEY)]).toEqual([undefined, 2, false])
    expect([destination.branch.locations(KEY), arrived]).toEqual([[], []])
  })

  test('believes a remote that has checked the content', async () => {
    const { destination, ui } = makePlace()
    const remote = Object.assign(makeRemote('a', someBytes(1000, 2)), { saysVerified: true })
    expect((await fetchContent(KEY, [remote], { destination, ui })).from).toBe(remote)
  })

  test('asks nobody when the disk is too full or the key is not wanted', async () => {
    const { destination, ui } = makePlace(10n ** 18n)
    const remote = makeRemote('a', CONTENT)
    expect(await codeOf(fetchContent(KEY, [remote], { destination, ui }))).toBe('DISK_FULL')
    const { annexDir } = destination.store
    const picky = {
      ...destination,
      reserveBytes: 0n,
      store: new ObjectStore(annexDir, { ...PLAIN, secureOnly: true }),
    }
    expect(await codeOf(fetchContent('MD5-s5--x', [remote], { destination: picky, ui }))).toBe(
      'KEY_INSECURE',
    )
    expect(remote.asked).toEqual([])
  })
})

describe('fetchContent() of a short content', () => {
  /** A remote that hands over what it has from memory. */
  function quickRemote(content: Buffer) {
    const remote = makeRemote('quick', CONTENT)
    const retrieveShort: Remote['retrieveShort'] = async (_key, take) => take(content, 0o755)
    return Object.assign(remote, { retrieveShort })
  }

  test('takes it from memory, as executable as it was there', async () => {
    const { destination, ui, said, temp } = makePlace()
    const arrived: unknown[] = []
    const contentArrived: Destination['contentArrived'] = (keyText, content) =>
      arrived.push(keyText, Buffer.from(content!))
    const remote = quickRemote(CONTENT)
    const outcome = await fetchContent(KEY, [remote], {
      destination: { ...destination, contentArrived },
      ui,
    })
    expect(outcome).toEqual({ from: remote, failed: [] })
    const { path } = destination.store.locate(KEY)!
    expect(readFileSync(path).equals(CONTENT)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o555)
    expect(destination.branch.locations(KEY)).toEqual(['here'])
    expect([arrived, said, temp()]).toEqual([[KEY, CONTENT], ['from quick...', '1000/1000'], []])
    expect(remote.asked).toEqual([])
  })

  test('fetches in the ordinary way what is not right there', async () => {
    const { destination, ui, arrived } = makePlace()
    const remote = quickRemote(someBytes(1000, 2))
    expect((await fetchContent(KEY, [remote], { destination, ui })).from).toBe(remote)
    expect(readFileSync(destination.store.locate(KEY)!.path).equals(CONTENT)).toBe(true)
    expect([remote.asked, arrived]).toEqual([['retrieve'], [KEY]])
  })
})

describe('sendContent()', () => {
  test('records the copy once the remote has it', async () => {
    const { destination, ui } = makePlace()
    destination.store.storeBuffer(KEY, CONTENT)
    const remote = new MemoryRemote('a')
    await sendContent(KEY, remote, { origin: destination, ui })
    expect(remote.asked).toEqual(['store'])
    expect(destination.branch.locations(KEY)).toEqual(['uuid-a'])
  })

  test('records nothing when it fails, or there is nothing to send', async () => {
    const { destination, ui } = makePlace()
    const remote = makeRemote('a', undefined, 'unreachable')
    expect(await codeOf(sendContent(KEY, remote, { origin: destination, ui }))).toBe(
      'CONTENT_MISSING',
    )
    expect(remote.asked).toEqual([])
    destination.store.storeBuffer(KEY, CONTENT)
    expect(await codeOf(sendContent(KEY, remote, { origin: destination, ui }))).toBe(
      'REMOTE_UNAVAILABLE',
    )
    expect(destination.branch.locations(KEY)).toEqual([])
  })
})

describe('keySize()', () => {
  test('is what the key says, if it says anything', () => {
    expect(keySize(KEY)).toBe(1000)
    expect(keySize('URL--http&c%%x')).toBeUndefined()
    expect(keySize('SHA256-s3-m4--x')).toBe(3)
  })
})
