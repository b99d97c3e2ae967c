/** Content on its way into the store from a file that is there already: an object, or a user's file. */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import { hasOpenWriters } from '../platform/open-writers.js'
import { isObject, mendObject } from './mend-object.js'
import type { ObjectStore } from './object-store.js'
import { prepareVerification, verifyContent } from './verify.js'

const WRITE_BITS = 0o222n

/**
 * Makes the content of one key the content of another one, too: a second name of the same file where
 * possible. Whether it fits the key is for the caller to know.
 * @throws AnnexError CONTENT_MISSING, KEY_INSECURE, DISK_FULL
 */
export function shareContent(store: ObjectStore, from: Bytes, to: Bytes): void {
  const object = store.locate(from)
  if (!object) throw new AnnexError('CONTENT_MISSING', `content of ${from} is not present`)
  if (store.has(to)) return
  const temp = store.temp.newPath()
  // A writable object is a work tree file as well (annex.thin): the new one must not change with it.
  const isWritable = (files.stat(object.path)!.mode & WRITE_BITS) !== 0n
  linkOrCopy(object.path, temp, { mayLink: !isWritable })
  putIn(store, to, temp)
}

/**
 * Takes a file as the content of a key, once it is verified. The file is gone afterwards; when
 * anything fails it stays as it was.
 * @param source absolute path
 * @returns whether the backend could tell that the content is right
 * @throws AnnexError FILE_UNREADABLE, FILE_CHANGED, CONTENT_MISMATCH, KEY_INSECURE, DISK_FULL; USAGE for
 *   an object of the store
 */
export async function takeFile(
  store: ObjectStore,
  keyText: Bytes,
  { source, onProgress }: { source: Bytes; onProgress?: (doneBytes: number) => void },
): Promise<boolean> {
  store.refuseInsecure(keyText)
  const before = files.stat(source)
  if (!before?.isFile()) throw new AnnexError('FILE_UNREADABLE', 'it is not there, or no file')
  if (isObject(store, source))
    throw new AnnexError('USAGE', `${bytesToText(source)} is in the annex already`)
  await prepareVerification(keyText)
  const verified = verifyContent(keyText, source, { onProgress })
  mendObject(store, keyText, source)
  const temp = store.has(keyText) ? undefined : store.temp.newPath()
  // The file keeps its name until the object has its own: a crash in between loses nothing. What has
  // another name could be changed under that.
  if (temp) linkOrCopy(source, temp, { mayLink: isOnlyName(source) })
  if (isWrittenTo(source, before)) {
    if (temp) files.remove(temp)
    throw new AnnexError('FILE_CHANGED', `${bytesToText(source)} is being written to`)
  }
  if (temp) putIn(store, keyText, temp)
  files.remove(source)
  return verified
}

function isOnlyName(path: Bytes): boolean {
  const stat = files.lstat(path)!
  return stat.isFile() && stat.nlink === 1n
}

/** It would be written to as an object from now on, or be gone with what was written last. */
function isWrittenTo(source: Bytes, before: files.FileStat): boolean {
  const now = files.stat(source)
  const isSame = now?.size === before.size && now.mtimeNs === before.mtimeNs
  return !isSame || hasOpenWriters(source) === true
}

function linkOrCopy(source: Bytes, temp: Bytes, { mayLink }: { mayLink: boolean }): void {
  if (mayLink)
    try {
      files.hardLink(source, temp)
      return
    } catch (error) {
      if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw error
    }
  copyFile(source, temp)
}

function putIn(store: ObjectStore, keyText: Bytes, temp: Bytes): void {
  try {
    store.moveIn(keyText, temp)
  } catch (error) {
    files.remove(temp)
    throw error
  }
}
