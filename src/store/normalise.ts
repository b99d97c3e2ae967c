/**
 * Content that lies in the wrong hash directories, those of the other layout, as in a repository that
 * was bare once, or any other, is moved to where links lead. Implements spec: repository layout, section 4.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isAnnexError, isErrno } from '../model/errors.js'
import { escapeKeyFile } from '../model/key.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'
import { lockContent } from './content-lock.js'
import { findObjectDirs } from './list-objects.js'
import type { ObjectStore } from './object-store.js'
import { freezeDir } from './permissions.js'

/** What there was to do. `blocked`: somebody else uses the content, or the new place is taken. */
export type Normalised = 'in place' | 'moved' | 'blocked'

/**
 * Moves the content of a key, with its directory, to the preferred place. The exclusive lock keeps
 * away whoever would take the content for gone in the meantime.
 */
export function normaliseLocation(store: ObjectStore, keyText: Bytes): Normalised {
  const place = store.locate(keyText)
  const ideal = store.idealPlace(keyText)
  if (!place || place.path === ideal.path) return 'in place'
  try {
    using _lock = lockContent(store, keyText, 'exclusive')
    makeAnnexDirs(parentDir(ideal.dir))
    store.withThawedDir(place, () => files.rename(place.dir, ideal.dir))
    // The lock file has moved along; letting go of the lock looks for it in the old place.
    files.remove(`${ideal.path}.lck`)
    freezeDir(ideal.dir, store.settings)
    return 'moved'
  } catch (error) {
    if (!isAnnexError(error, 'CONTENT_LOCKED') && !isErrno(error, 'ENOTEMPTY', 'EEXIST', 'EACCES'))
      throw error
    return 'blocked'
  }
}

/** What lies in directories that belong to other keys, found once for each repository. */
const strays = new WeakMap<ObjectStore, ReadonlyMap<Bytes, Bytes>>()

/**
 * Takes content back that somebody has moved, with its directory, to where it is not looked for. To be
 * asked about content that should be here and is not: it looks at all directories of the repository.
 * @returns whether the content is here now
 */
export function adoptStray(store: ObjectStore, keyText: Bytes): boolean {
  let known = strays.get(store)
  if (!known) {
    known = findObjectDirs(`${store.annexDir}/objects`)
    strays.set(store, known)
  }
  const keyFile = escapeKeyFile(keyText)
  const dir = known.get(keyFile)
  if (dir === undefined || !files.exists(`${dir}/${keyFile}`)) return false
  const ideal = store.idealPlace(keyText)
  const stray = { dir, path: `${dir}/${keyFile}` }
  makeAnnexDirs(parentDir(ideal.dir))
  // What a crash or a lock has left there without content.
  if (files.exists(ideal.dir) && !files.removeDir(ideal.dir)) return false
  store.withThawedDir(stray, () => files.rename(dir, ideal.dir))
  freezeDir(ideal.dir, store.settings)
  store.pruneDirs(stray)
  return true
}
