/**
 * Where a download that can be interrupted is kept: `annex/tmp/KEYFILE`, as git-annex has it, so that
 * either program goes on with what the other has begun; under the locks that both take.
 * Implements spec: transfer, section 5.
 */
import type { Bytes } from '../model/bytes.js'
import { escapeKeyFile } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from '../store/object-store.js'
import { lockTransfer, releaseTransfer } from './running-transfer.js'

/** The right to write to a partial download. */
export interface PartialDownload extends Disposable {
  /** Absolute; there may be no such file yet. */
  readonly path: Bytes
}

/** Where a key's partial download is; its directory is made. */
export function partialPath({ annexDir }: ObjectStore, keyText: Bytes): Bytes {
  files.makeDirs(`${annexDir}/tmp`)
  return `${annexDir}/tmp/${escapeKeyFile(keyText)}`
}

/** Removes what there is of a key's partial download. */
export function forgetPartial({ annexDir }: ObjectStore, keyText: Bytes): void {
  files.remove(`${annexDir}/tmp/${escapeKeyFile(keyText)}`)
}

/**
 * Locks the partial download of a key, for those who are sent it.
 * @param from the repository that it comes from
 * @throws AnnexError CONTENT_LOCKED when another process is at it
 */
export function lockPartialDownload(
  store: ObjectStore,
  keyText: Bytes,
  from: Uuid,
): PartialDownload {
  const locks = lockTransfer(store.annexDir, { direction: 'download', uuid: from, keyText })
  return {
    path: partialPath(store, keyText),
    [Symbol.dispose]: () => releaseTransfer(locks),
  }
}
