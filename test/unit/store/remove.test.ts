import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { isAnnexError } from '../../../src/model/errors.js'
import { forceDrop, proveDrop } from '../../../src/policy/numcopies.js'
import type { ContentLock } from '../../../src/store/content-lock.js'
import type { ObjectStore } from '../../../src/store/object-store.js'
import { removeContent } from '../../../src/store/remove.js'
import { useScratch } from '../../support/scratch.js'
import { makeStore } from '../../support/store-dirs.js'

const scratch = useScratch()
const KEY = 'SHA256E-s5--key'

/** A store with the content of the key, and a lock as `lockContent()` gives it under Bun. */
function makeLocked(kind: ContentLock['kind'] = 'exclusive'): {
  store: ObjectStore
  lock: ContentLock
} {
  const { store } = makeStore(scratch)
  store.storeBuffer(KEY, Buffer.from('12345'))
  const release = () => {}
  const place = store.locate(KEY)!
  return { store, lock: { keyText: KEY, kind, place, release, [Symbol.dispose]: release } }
}

function refusal(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return isAnnexError(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

describe('removeContent()', () => {
  test('removes the object and what was promised about it', () => {
    const { store, lock } = makeLocked()
    const files = ['rtm', 'rtl'].map((ending) => `${lock.place.path}.${ending}`)
    store.withThawedDir(lock.place, () => {
      writeFileSync(files[0]!, `${Date.now() / 1000 - 1}s\n`)
      writeFileSync(files[1]!, '')
    })
    removeContent(store, lock, forceDrop(KEY, 'here'))
    expect([store.has(KEY), ...files.map((path) => existsSync(path))]).toEqual([
      false,
      false,
      false,
    ])
  })

  test('insists on an exclusive lock and on a proof for the same key', () => {
    const shared = makeLocked('shared')
    const wrong = /the lock or the proof is for something else/
    expect(refusal(() => removeContent(shared.store, shared.lock, forceDrop(KEY, 'here')))).toMatch(
      wrong,
    )
    const { store, lock } = makeLocked()
    expect(
      refusal(() => removeContent(store, lock, forceDrop('SHA256E-s5--other', 'here'))),
    ).toMatch(wrong)
    expect([shared.store.has(KEY), store.has(KEY)]).toEqual([true, true])
  })

  test('refuses a proof whose locks may have ended', () => {
    const { store, lock } = makeLocked()
    const proof = (expiresMs: number) =>
      proveDrop({
        keyText: KEY,
        from: 'here',
        isLocal: true,
        needed: { numcopies: 1, mincopies: 1 },
        copies: [{ uuid: 'a', evidence: 'locked' }],
        expiresMs,
      })!
    expect(refusal(() => removeContent(store, lock, proof(Date.now() - 1)))).toBe(
      'CONTENT_LOCKED: Dropping took too long, and locks may have expired.',
    )
    expect(store.has(KEY)).toBe(true)
    removeContent(store, lock, proof(Date.now() + 60_000))
    expect(store.has(KEY)).toBe(false)
  })

  test.each([
    ['a time to come', `${Date.now() / 1000 + 600}s\n`],
    ['no time', 'nonsense\n'],
    ['nothing', ''],
  ])('refuses while a promise says %s', (_, text) => {
    const { store, lock } = makeLocked()
    store.withThawedDir(lock.place, () => writeFileSync(`${lock.place.path}.rtm`, text))
    expect(refusal(() => removeContent(store, lock, forceDrop(KEY, 'here')))).toBe(
      'CONTENT_LOCKED: content is locked',
    )
    expect(store.has(KEY)).toBe(true)
  })
})
