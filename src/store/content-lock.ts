/**
 * Locks on content: a shared one vouches that an object stays, an exclusive one allows removing it.
 *
 * The lock file is `OBJECT.lck`; versions 8 and 9 lock the object itself. Never waits: who cannot have
 * the lock at once must not count on the content. Implements spec: repository layout, section 6, and
 * numcopies, section 9.
 */
import { readConfigFile } from '../git/config.js'
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import {
  type FileLock,
  type LockKind,
  tryLock,
  tryLockExisting,
  usesPidLock,
} from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import type { ObjectPlace } from './layout.js'
import type { ObjectStore } from './object-store.js'
import { freezeObject, thawObject } from './permissions.js'

/** A held lock on the content of one key. */
export interface ContentLock extends Disposable {
  readonly keyText: Bytes
  readonly kind: LockKind
  readonly place: ObjectPlace
  release(): void
}

/**
 * Locks the content of a key.
 * @throws AnnexError CONTENT_MISSING when it is not here, CONTENT_LOCKED when somebody else holds a
 *   conflicting lock, LOCK_UNAVAILABLE on Node
 */
export function lockContent(store: ObjectStore, keyText: Bytes, kind: LockKind): ContentLock {
  const place = store.locate(keyText)
  if (!place) throw new AnnexError('CONTENT_MISSING', `content of ${keyText} is not present`)
  const guard = store.settings.locksObject ? holdVersion(store) : undefined
  const lock = takeLock(store, place, kind)
  // Present when we looked is not enough: it must be present now that nobody can remove it.
  if (!lock || !files.exists(place.path)) {
    lock?.release()
    guard?.release()
    throw new AnnexError('CONTENT_LOCKED', 'content is locked')
  }
  const release = () => {
    releaseLock(store, place, lock)
    guard?.release()
  }
  return { keyText, kind, place, release, [Symbol.dispose]: release }
}

/** Whether somebody holds the exclusive lock, that is, is about to remove the content. */
export function isBeingRemoved(store: ObjectStore, keyText: Bytes): boolean {
  const place = store.locate(keyText)
  if (!place) return false
  const path = lockPath(store, place)
  // A pid lock leaves no file beside the object.
  if (!usesPidLock(store.annexDir) && !files.exists(path)) return false
  // As it lies there: in a repository that may only be read nothing can be thawed.
  const lock = ifThere(() =>
    (store.settings.locksObject ? tryLockExisting : tryLock)(path, 'shared'),
  )
  // A lock file that has gone in this moment was let go.
  if (!lock) return usesPidLock(store.annexDir) || files.exists(path)
  releaseLock(store, place, lock)
  return false
}

/**
 * Keeps the repository at version 8 or 9 while content is locked in their way: who upgrades it holds
 * `sentinal` exclusively.
 * @throws AnnexError CONTENT_LOCKED when it is being upgraded, or has been since it was opened
 */
function holdVersion({ annexDir }: ObjectStore): FileLock {
  const guard = tryLock(`${annexDir}/sentinal`, 'shared')
  const isOld = guard && readConfigFile(parentDir(annexDir)).get('annex.version') !== '10'
  if (isOld) return guard
  guard?.release()
  throw new AnnexError('CONTENT_LOCKED', 'content is locked: the repository is being upgraded')
}

function lockPath(store: ObjectStore, place: ObjectPlace): Bytes {
  return store.settings.locksObject ? place.path : `${place.path}.lck`
}

/** @returns undefined when somebody is in the way, or everything has gone meanwhile */
function takeLock(store: ObjectStore, place: ObjectPlace, kind: LockKind): FileLock | undefined {
  if (store.settings.locksObject) return lockObject(store, place, kind)
  return ifThere(() => store.withThawedDir(place, () => tryLock(lockPath(store, place), kind)))
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** An exclusive lock needs a file that may be written, if only while it is opened. */
function lockObject(
  { settings }: ObjectStore,
  { path }: ObjectPlace,
  kind: LockKind,
): FileLock | undefined {
  if (kind === 'shared' || files.isWritable(path)) return tryLockExisting(path, kind)
  try {
    thawObject(path, settings)
    return tryLockExisting(path, kind)
  } finally {
    if (files.exists(path)) freezeObject(path, settings)
  }
}

/** Removes the lock file if nobody else relies on it: only under an exclusive lock. */
function releaseLock(store: ObjectStore, place: ObjectPlace, lock: FileLock): void {
  if (!store.settings.locksObject && (lock.kind === 'exclusive' || lock.tryConvert('exclusive'))) {
    if (files.exists(lock.path)) store.withThawedDir(place, () => files.remove(lock.path))
    store.pruneDirs(place)
  }
  lock.release()
}
