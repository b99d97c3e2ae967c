/** Content on its way into the store from a file that is there already: an object, or a user's file. */
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
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
 * @throws AnnexError FILE_UNREADABLE, CONTENT_MISMATCH, KEY_INSECURE, DISK_FULL
 */
export async function takeFile(
  store: ObjectStore,
  keyText: Bytes,
  { source, onProgress }: { source: Bytes; onProgress?: (doneBytes: number) => void },
): Promise<boolean> {
  store.refuseInsecure(keyText)
  if (!files.stat(source)?.isFile())
    throw new AnnexError('FILE_UNREADABLE', 'it is not there, or no file')
  await prepareVerification(keyText)
  const verified = verifyContent(keyText, source, { onProgress })
  if (!store.has(keyText)) {
    const temp = store.temp.newPath()
    // The file keeps its name until the object has its own: a crash in between loses nothing.
    linkOrCopy(source, temp, { mayLink: files.lstat(source)!.isFile() })
    putIn(store, keyText, temp)
  }
  files.remove(source)
  return verified
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
