/**
 * Promises to keep content for a while, which outlive the process that made them: `OBJECT.rtm`.
 *
 * Whoever locks our content over a connection may lose the connection, and then remove another copy in
 * the belief that ours is locked. Implements spec: numcopies and drop safety, section 9.
 */
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { type FileLock, waitForLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { lockContent } from './content-lock.js'
import type { ObjectPlace } from './layout.js'
import type { ObjectStore } from './object-store.js'

const MS_PER_SECOND = 1000

/** A promise; it ends by itself, or when it is withdrawn. */
export interface Retention {
  /** Removes the promise if it is still ours, and nobody else relies on the content. */
  withdraw(): void
}

/**
 * Promises not to remove content before a time. An earlier promise that lasts longer stays.
 * @param place where the content lies; the caller holds a lock on it
 * @param untilMs milliseconds since 1970
 */
export function promiseContent(
  store: ObjectStore,
  keyText: Bytes,
  { place, untilMs }: { readonly place: ObjectPlace; readonly untilMs: number },
): Retention {
  const text = `${untilMs / MS_PER_SECOND}s`
  const path = `${place.path}.rtm`
  store.withThawedDir(place, () => {
    const guard = guardRetention(place)
    try {
      const earlier = readSeconds(path)
      if (earlier === undefined || earlier * MS_PER_SECOND < untilMs) files.replaceFile(path, text)
    } finally {
      releaseGuard(guard)
    }
  })
  return { withdraw: () => withdraw(store, keyText, text) }
}

function guardRetention({ path }: ObjectPlace): FileLock {
  return waitForLock(`${path}.rtl`, 'exclusive')
}

function releaseGuard(guard: FileLock): void {
  files.remove(guard.path)
  guard.release()
}

function readSeconds(path: Bytes): number | undefined {
  const seconds = Number.parseFloat(files.readFile(path)?.toString('latin1') ?? '')
  return Number.isNaN(seconds) ? undefined : seconds
}

function withdraw(store: ObjectStore, keyText: Bytes, text: string): void {
  try {
    // Whoever else holds a lock may have raised the promise, or relies on it.
    using lock = lockContent(store, keyText, 'exclusive')
    const path = `${lock.place.path}.rtm`
    if (files.readFile(path)?.toString('latin1') !== text) return
    store.withThawedDir(lock.place, () => files.remove(path))
  } catch (error) {
    if (!isAnnexError(error, 'CONTENT_LOCKED') && !isAnnexError(error, 'CONTENT_MISSING'))
      throw error
  }
}
