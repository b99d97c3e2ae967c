/** Putting content aside that is not what its key says: it goes to `annex/bad`, nothing is deleted. */
import type { Bytes } from '../model/bytes.js'
import { escapeKeyFile } from '../model/key.js'
import { copyFile, haveSameContent } from '../platform/copy.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'
import { lockContent } from './content-lock.js'
import type { ObjectStore } from './object-store.js'

/**
 * Moves the content of a key aside.
 * @returns absolute path of where it is now
 * @throws AnnexError CONTENT_MISSING, CONTENT_LOCKED
 */
export function quarantine(store: ObjectStore, keyText: Bytes): Bytes {
  using lock = lockContent(store, keyText, 'exclusive')
  const { path } = placeAside(store, keyText, lock.place.path)
  store.withThawedDir(lock.place, () => files.rename(lock.place.path, path))
  return path
}

/**
 * Keeps bad content of another repository.
 * @param file absolute path; a temporary one is moved, another one copied
 * @returns absolute path of where it is kept; undefined when the same bytes were kept before
 */
export function keepAside(
  store: ObjectStore,
  keyText: Bytes,
  file: { readonly path: Bytes; readonly isTemp: boolean },
): Bytes | undefined {
  const { path, isKept } = placeAside(store, keyText, file.path)
  if (isKept) return undefined
  const temp = file.isTemp ? file.path : store.temp.newPath()
  if (!file.isTemp) copyFile(file.path, temp)
  files.rename(temp, path)
  return path
}

/** `bad/KEYFILE`, or with a number behind it when other bytes have the name; the directory exists. */
function placeAside(
  { annexDir }: ObjectStore,
  keyText: Bytes,
  content: Bytes,
): { path: Bytes; isKept: boolean } {
  const dir = `${annexDir}/bad`
  makeAnnexDirs(dir)
  const first = `${dir}/${escapeKeyFile(keyText)}`
  for (let number = 0; ; number++) {
    const path = number === 0 ? first : `${first}.${number}`
    if (!files.exists(path)) return { path, isKept: false }
    if (haveSameContent(path, content)) return { path, isKept: true }
  }
}
