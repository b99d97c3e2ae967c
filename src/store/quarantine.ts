/** Putting content aside that is not what its key says: it goes to `annex/bad`, nothing is deleted. */
import type { Bytes } from '../model/bytes.js'
import { escapeKeyFile } from '../model/key.js'
import * as files from '../platform/files.js'
import { lockContent } from './content-lock.js'
import type { ObjectStore } from './object-store.js'

/**
 * Moves the content of a key aside.
 * @returns absolute path of where it is now
 * @throws AnnexError CONTENT_MISSING, CONTENT_LOCKED
 */
export function quarantine(store: ObjectStore, keyText: Bytes): Bytes {
  using lock = lockContent(store, keyText, 'exclusive')
  const dir = `${store.annexDir}/bad`
  const path = `${dir}/${escapeKeyFile(keyText)}`
  files.makeDirs(dir)
  store.withThawedDir(lock.place, () => files.rename(lock.place.path, path))
  return path
}
