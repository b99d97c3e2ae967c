/**
 * The right to write to the partial download of a key, which a later transfer can go on with.
 * Implements spec: transfer, section 5.
 */
import type { Bytes } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import type { ObjectStore } from '../store/object-store.js'
import { claimPartial, offerPartial } from '../store/partial-files.js'
import { lockTransfer, releaseTransfer } from './running-transfer.js'

/** A partial download that is ours; at its end, what is there can be gone on with by others. */
export interface PartialDownload extends Disposable {
  /** Absolute; there may be no such file yet. */
  readonly path: Bytes
}

/** Takes the partial download of a key. The caller holds the locks of the transfer. */
export function takePartialDownload({ annexDir }: ObjectStore, keyText: Bytes): PartialDownload {
  return {
    path: claimPartial(annexDir, keyText),
    [Symbol.dispose]: () => offerPartial(annexDir, keyText),
  }
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
  try {
    const partial = takePartialDownload(store, keyText)
    const release = () => {
      partial[Symbol.dispose]()
      releaseTransfer(locks)
    }
    return { path: partial.path, [Symbol.dispose]: release }
  } catch (error) {
    releaseTransfer(locks)
    throw error
  }
}
