/**
 * Where a download that can be interrupted is kept: `annex/tmp/KEYFILE`, as git-annex has it, so that
 * either program goes on with what the other has begun; under the locks that both take.
 * Implements spec: transfer, section 5.
 */
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { escapeKeyFile } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import { type FileLock, tryLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from '../store/object-store.js'

/** The right to write to a partial download. */
export interface PartialDownload extends Disposable {
  /** Absolute; there may be no such file yet. */
  readonly path: Bytes
}

/**
 * Locks the partial download of a key.
 * @param from the repository that it comes from
 * @throws AnnexError CONTENT_LOCKED when another process is at it
 */
export function lockPartialDownload(
  { annexDir }: ObjectStore,
  keyText: Bytes,
  from: Uuid,
): PartialDownload {
  const keyFile = escapeKeyFile(keyText)
  const locks: FileLock[] = []
  const release = () => {
    for (const lock of locks.splice(0)) {
      files.remove(lock.path)
      lock.release()
    }
  }
  // The second is that of newer releases: one key is not downloaded from two places at once.
  for (const dir of [
    `${annexDir}/transfer/download/${from}`,
    `${annexDir}/transfer/download/lck`,
  ]) {
    files.makeDirs(dir)
    const lock = tryLock(`${dir}/lck.${keyFile}`, 'exclusive')
    if (!lock) {
      release()
      throw new AnnexError(
        'CONTENT_LOCKED',
        'transfer already in progress, or unable to take transfer lock',
      )
    }
    locks.push(lock)
  }
  files.makeDirs(`${annexDir}/tmp`)
  return { path: `${annexDir}/tmp/${keyFile}`, [Symbol.dispose]: release }
}
