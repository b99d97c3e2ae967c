/**
 * A git remote that is a path: the other repository's objects are read and written directly, under
 * its own locks, and what changes there is recorded in its own journal.
 * Implements spec: transfer, section 1; numcopies, section 9.
 */
import type { AnnexBranch } from '../branch/branch.js'
import type { GitConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import type { DropProof } from '../model/drop-proof.js'
import { AnnexError, failureReason, isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { sleepSync } from '../platform/sleep.js'
import { isBeingRemoved, lockContent } from '../store/content-lock.js'
import { claimSpace, diskReserve, type SpaceClaim } from '../store/free-space.js'
import type { ObjectPlace } from '../store/layout.js'
import type { ObjectStore } from '../store/object-store.js'
import { removeContent } from '../store/remove.js'
import { readShort } from '../store/short-content.js'
import { copyVerified, prepareVerification } from '../store/verify.js'
import { GitRemote, type GitRemoteSettings } from './git-remote.js'
import {
  type OnProgress,
  type Pace,
  type Received,
  type Remote,
  type RemoteLock,
  SHORT_BYTES,
  type TakeShort,
} from './remote.js'

/** The other repository, opened. */
export interface LocalPeer {
  readonly repository: Repository
  readonly config: GitConfig
  readonly store: ObjectStore
  readonly branch: AnnexBranch
}

/** What the path remote cannot do on its own floor. */
export interface LocalPeerHooks {
  /**
   * Opens the repository, initialising it when it is a clone of an annex.
   * @throws AnnexError REMOTE_UNAVAILABLE
   */
  open(): LocalPeer
  /** Content came to or went from the peer: its work tree files follow. */
  contentChanged(peer: LocalPeer, keyTexts: readonly Bytes[]): void
  /** What was recorded in the peer's journal, which is closed, is to be seen by others. */
  settle(peer: LocalPeer): void
}

export interface LocalRemoteSettings extends GitRemoteSettings {
  /** Absolute path of the other repository, for messages. */
  readonly path: Bytes
  /** False: received content is taken unchecked (annex-verify=false). */
  readonly verifies: boolean
}

export class GitLocalRemote extends GitRemote implements Remote {
  readonly isQuick = true
  readonly path: Bytes
  readonly #verifies: boolean
  readonly #hooks: LocalPeerHooks
  readonly #changed = new Set<Bytes>()
  #opened: LocalPeer | undefined
  /** Something was cut short there: the next command is to look after it. */
  #isUnsettled = false

  constructor(settings: LocalRemoteSettings, hooks: LocalPeerHooks) {
    super(settings)
    this.path = settings.path
    this.#verifies = settings.verifies
    this.#hooks = hooks
  }

  #peer(): LocalPeer {
    this.#opened ??= this.#hooks.open()
    return this.#opened
  }

  async checkPresent(keyText: Bytes): Promise<boolean> {
    const { store } = this.#peer()
    if (!this.#locate(keyText)) return false
    if (isBeingRemoved(store, keyText))
      throw new AnnexError('REMOTE_UNAVAILABLE', `${this.name} is removing the content just now`)
    return true
  }

  /**
   * Where the content lies. A path that is gone (a drive taken out) and one that we may not look into
   * must not be taken for content that is gone.
   */
  #locate(keyText: Bytes): ObjectPlace | undefined {
    const { store } = this.#peer()
    try {
      const place = store.locate(keyText)
      if (place) return place
      if (!store.isReachable()) throw this.#unreachable()
      files.stat(store.placeFor(keyText).path)
      return undefined
    } catch (error) {
      if (isAnnexError(error)) throw error
      throw new AnnexError(
        'REMOTE_UNAVAILABLE',
        `Cannot look into ${this.name} at ${bytesToText(this.path)}: ${failureReason(error)}`,
        { cause: error },
      )
    }
  }

  #unreachable(cause?: unknown): AnnexError {
    return new AnnexError(
      'REMOTE_UNAVAILABLE',
      `Cannot reach ${this.name} at ${bytesToText(this.path)}`,
      { cause },
    )
  }

  async retrieve(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<Received> {
    await prepareVerification(keyText)
    const place = this.#locate(keyText)
    return this.#changing(() => {
      if (!place) throw new AnnexError('CONTENT_MISSING', 'the remote does not have the content')
      const paths = { source: place.path, destination }
      const isProven = copyVerified(keyText, paths, {
        onProgress: paced(onProgress),
        checkHash: this.#verifies,
      })
      // The user takes this remote's word for it: only the length was compared.
      return { verified: isProven || !this.#verifies }
    })
  }

  async retrieveShort(keyText: Bytes, take: TakeShort, pace: Pace): Promise<boolean> {
    if (!this.#verifies || pace.waitMs) return false
    const read = readShort(this.#peer().store.idealPlace(keyText).path, SHORT_BYTES)
    return read !== undefined && take(read.content, read.mode)
  }

  contentPath(keyText: Bytes): Bytes {
    return this.#peer().store.placeFor(keyText).path
  }

  async store(keyText: Bytes, source: Bytes, onProgress: OnProgress): Promise<void> {
    await prepareVerification(keyText)
    this.refuseReadOnly()
    const isThere = this.#locate(keyText) !== undefined
    this.#changing(({ store, branch, config }) => {
      if (!isThere) {
        using _claim = this.#claim(store, config, keyText)
        const temp = store.temp.newPath()
        copyVerified(keyText, { source, destination: temp }, { onProgress: paced(onProgress) })
        store.moveIn(keyText, temp)
        this.#changed.add(keyText)
      }
      branch.setPresence(keyText, this.uuid, true)
    })
  }

  /** The disk is the other repository's, and so is what is to stay free there. */
  #claim({ annexDir }: ObjectStore, config: GitConfig, keyText: Bytes): SpaceClaim {
    const sizeBytes = parseKey(keyText)?.sizeBytes
    return claimSpace({
      annexDir,
      sizeBytes: sizeBytes === undefined ? undefined : Number(sizeBytes),
      reserveBytes: diskReserve(config),
      remedy: `in ${this.name} (adjust annex.diskreserve there)`,
    })
  }

  async remove(keyText: Bytes, proof: DropProof): Promise<void> {
    await prepareVerification(keyText)
    this.refuseReadOnly()
    const isThere = this.#locate(keyText) !== undefined
    this.#changing(({ store, branch }) => {
      if (isThere) {
        using lock = lockContent(store, keyText, 'exclusive')
        removeContent(store, lock, proof)
        this.#changed.add(keyText)
      }
      branch.correctPresence(keyText, this.uuid, false)
    })
  }

  /** Works at the peer; whatever goes wrong there because it has vanished is told as that. */
  #changing<T>(work: (peer: LocalPeer) => T): T {
    const peer = this.#peer()
    try {
      return work(peer)
    } catch (error) {
      if (isAnnexError(error, 'REMOTE_UNAVAILABLE')) throw error
      if (!peer.store.isReachable()) throw this.#unreachable(error)
      if (!isAnnexError(error)) this.#isUnsettled = true
      throw error
    }
  }

  async lockContent(keyText: Bytes): Promise<RemoteLock | undefined> {
    try {
      if (!this.#locate(keyText)) return undefined
      const lock = lockContent(this.#peer().store, keyText, 'shared')
      return { release: async () => lock.release() }
    } catch (error) {
      if (isAnnexError(error, 'CONTENT_LOCKED') || isAnnexError(error, 'CONTENT_MISSING'))
        return undefined
      // Where no lock file can be made: the caller can still ask whether it is there.
      if (isReadOnly(error)) return undefined
      throw error
    }
  }

  async close(): Promise<void> {
    if (!this.#opened) return
    if (this.#changed.size > 0) this.#hooks.contentChanged(this.#opened, [...this.#changed])
    this.#changed.clear()
    this.#opened.branch.close()
    if (!this.#isUnsettled) this.#opened.store.unfinished?.done()
    this.#hooks.settle(this.#opened)
  }
}

/** Holds the copying back, which is done in one go. */
function paced(onProgress: OnProgress): (doneBytes: number) => void {
  if (!onProgress.waitMs) return onProgress
  return (doneBytes) => {
    onProgress(doneBytes)
    sleepSync(onProgress.waitMs?.() ?? 0)
  }
}
