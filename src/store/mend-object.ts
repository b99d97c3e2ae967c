/**
 * What is done before a file goes whose content is in the store already: an object that has been damaged
 * must not outlive the last good copy of its content.
 */

import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKeyFile } from '../model/key.js'
import { copyFile, haveSameContent } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from './object-store.js'
import { quarantine } from './quarantine.js'
import { verifyContent } from './verify.js'

/**
 * Puts the object of a key aside if it differs from a file, and a copy of the file in its place. Reads
 * nothing when there is no object, or when file and object are one.
 * @param file absolute path of what is to be the content of the key; it stays
 * @throws AnnexError CONTENT_MISMATCH when the file is not, or nobody can tell which of two is;
 *   CONTENT_LOCKED, DISK_FULL
 */
export function mendObject(store: ObjectStore, keyText: Bytes, file: Bytes): void {
  const object = store.locate(keyText)?.path
  if (object === undefined || isOneFile(object, file) || haveSameContent(object, file)) return
  const temp = store.temp.newPath()
  try {
    copyFile(file, temp)
    if (!verifyContent(keyText, temp)) throw unlike(file, keyText)
    quarantine(store, keyText)
    store.moveIn(keyText, temp)
  } catch (error) {
    files.remove(temp)
    throw error
  }
}

function unlike(file: Bytes, keyText: Bytes): AnnexError {
  return new AnnexError(
    'CONTENT_MISMATCH',
    `${bytesToText(file)} differs from the content of ${bytesToText(keyText)} that is here`,
  )
}

/** Whether a file is an object in its place, and its only name: to remove it is to lose the content. */
export function isObject(store: ObjectStore, file: Bytes): boolean {
  const key = parseKeyFile(file.slice(file.lastIndexOf('/') + 1))
  const object = key && store.locate(formatKey(key))?.path
  if (object === undefined || !isOneFile(object, file)) return false
  return files.realPath(object) === files.realPath(file) || files.lstat(file)?.nlink === 1n
}

function isOneFile(a: Bytes, b: Bytes): boolean {
  const [one, other] = [files.lstat(a), files.lstat(b)]
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev
}
