/**
 * A repository as a P2P server sees it: contents under the locks that every other program takes, and
 * what changes is recorded in this repository's own log.
 * Implements spec: transfer, section 4.4; numcopies, section 9.
 */
import { backendOfKey } from '../backends/registry.js'
import type { Annex } from '../cli/annex.js'
import { hereAsDestination } from '../cli/transfer-context.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatSize } from '../model/units.js'
import type { Uuid } from '../model/uuid.js'
import { bootSeconds } from '../platform/clock.js'
import * as files from '../platform/files.js'
import { readAt } from '../platform/read-at.js'
import { forceDrop } from '../policy/numcopies.js'
import type { OpenContent, ReceivedContent, ServedContent } from '../remotes/p2p/served-content.js'
import { type ContentLock, isBeingRemoved, lockContent } from '../store/content-lock.js'
import { IncomingContent } from '../store/incoming.js'
import type { ObjectStore } from '../store/object-store.js'
import { forgetPartial } from '../store/partial-files.js'
import { removeContent } from '../store/remove.js'
import { promiseContent, type Retention } from '../store/retention.js'
import { isVerificationReady, prepareVerification } from '../store/verify.js'
import { type Destination, keySize } from '../transfer/fetch.js'
import { lockPartialDownload, type PartialDownload } from '../transfer/partial-download.js'
import { isBrief } from '../transfer/running-transfer.js'

/** How long content stays for a client that went away without unlocking it. */
const RETENTION_MS = 10 * 60_000
const WRITE_BITS = 0o222n

export class ServedStore implements ServedContent {
  readonly #annex: Annex
  readonly #client: Uuid
  readonly #here: Destination
  readonly #verifies: boolean

  /** @param client the uuid of the repository that asks */
  constructor(annex: Annex, client: Uuid) {
    this.#annex = annex
    this.#client = client
    this.#here = hereAsDestination(annex, { force: false })
    this.#verifies = annex.config.getBoolean('annex.verify') ?? true
  }

  prepare(key: Bytes): Promise<void> | void {
    if (!isVerificationReady(key)) return prepareVerification(key)
  }

  isPresent(key: Bytes): boolean {
    return this.#annex.store.has(key)
  }

  isBeingRemoved(key: Bytes): boolean {
    return isBeingRemoved(this.#annex.store, key)
  }

  lock(key: Bytes): { release(how: { readonly isUnlocked: boolean }): void } | undefined {
    const { store } = this.#annex
    try {
      const lock = lockContent(store, key, 'shared')
      const promise = promiseOrRelease(store, lock)
      return {
        release({ isUnlocked }) {
          lock.release()
          if (isUnlocked) promise.withdraw()
        },
      }
    } catch (error) {
      if (isAnnexError(error, 'CONTENT_MISSING') || isAnnexError(error, 'CONTENT_LOCKED'))
        return undefined
      throw error
    }
  }

  /** Whether enough copies are left elsewhere was for the client to find out. */
  remove(key: Bytes): boolean {
    const { store, branch, uuid, workTree } = this.#annex
    if (!store.has(key)) return true
    using lock = lockContent(store, key, 'exclusive')
    removeContent(store, lock, forceDrop(key, uuid))
    branch.setPresence(key, uuid, false)
    workTree.contentChanged(key)
    return true
  }

  open(key: Bytes): OpenContent | undefined {
    const place = this.#annex.store.locate(key)
    if (!place) return undefined
    const fd = files.open(place.path, 'r')
    const before = files.fstat(fd)
    const isFrozen = (before.mode & WRITE_BITS) === 0n
    return {
      sizeBytes: Number(before.size),
      // Out of the kernel's memory: what may change would change in the pipe, behind isUnchanged.
      ...(isFrozen && { fd }),
      read: (buffer, offset) => readAt(fd, buffer, offset),
      isUnchanged() {
        if (isFrozen) return true
        const { size, mtimeNs } = files.fstat(fd)
        return size === before.size && mtimeNs === before.mtimeNs
      },
      close: () => files.close(fd),
    }
  }

  receive(key: Bytes, _file: Bytes): ReceivedContent {
    const { store } = this.#annex
    store.refuseInsecure(key)
    const isShort = isBrief(keySize(key))
    const partial = isShort ? this.#shortLived() : lockPartialDownload(store, key, this.#client)
    try {
      const resumes = !isShort && backendOfKey(parseKey(key)!.backend)?.kind === 'hash'
      const incoming = new IncomingContent(key, partial.path, {
        resumes,
        checkHash: this.#verifies,
      })
      this.#refuseWhenFull(incoming.missingBytes)
      return this.#receiveInto(incoming, { key, partial })
    } catch (error) {
      partial[Symbol.dispose]()
      throw error
    }
  }

  /**
   * A place for content that is here in a blink: nobody else need be kept from it, and what breaks off
   * is sent anew. The locks of a transfer and the partial download took two thirds of the time.
   */
  #shortLived(): PartialDownload {
    const path = this.#annex.store.temp.newPath()
    return {
      path,
      [Symbol.dispose]() {
        // Nearly never there, and an error costs ten times the question.
        if (files.exists(path)) files.remove(path)
      },
    }
  }

  #receiveInto(
    incoming: IncomingContent,
    { key, partial }: { readonly key: Bytes; readonly partial: PartialDownload },
  ): ReceivedContent {
    const { store, branch, uuid } = this.#annex
    return {
      doneBytes: incoming.doneBytes,
      missingBytes: incoming.missingBytes,
      write: (bytes) => incoming.write(bytes),
      finish: (options) => {
        incoming.finish(options)
        store.moveIn(key, partial.path)
        if (isBrief(keySize(key))) forgetPartial(store.annexDir, key)
        branch.setPresence(key, uuid, true)
        this.#here.contentArrived(key)
      },
      close() {
        incoming.close()
        partial[Symbol.dispose]()
      },
    }
  }

  #refuseWhenFull(missingBytes: number | undefined): void {
    const { reserveBytes } = this.#here
    if (missingBytes === undefined) return
    const { commonDir } = this.#annex.repository
    const lacking = BigInt(missingBytes) + reserveBytes - files.freeBytes(commonDir)
    if (lacking <= 0n) return
    const place = bytesToText(commonDir)
    throw new AnnexError(
      'DISK_FULL',
      `not enough free space in ${place}, need ${formatSize(lacking)} more (free some, or adjust annex.diskreserve there)`,
    )
  }

  clockSeconds(): number {
    return bootSeconds()
  }
}

/** Promises what is locked; when that fails, on a full disk for instance, nothing stays locked. */
function promiseOrRelease(store: ObjectStore, lock: ContentLock): Retention {
  try {
    const untilMs = Date.now() + RETENTION_MS
    return promiseContent(store, lock.keyText, { place: lock.place, untilMs })
  } catch (error) {
    lock.release()
    throw error
  }
}
