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
import { AnnexError, isAnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { isBeingRemoved, lockContent } from '../store/content-lock.js'
import type { ObjectStore } from '../store/object-store.js'
import { removeContent } from '../store/remove.js'
import { copyVerified, prepareVerification } from '../store/verify.js'
import type { OnProgress, Received, Remote, RemoteLock } from './remote.js'

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
}

export interface LocalRemoteSettings {
  readonly name: string
  readonly uuid: Uuid
  readonly cost: number
  readonly isReadOnly: boolean
  readonly isIgnored: boolean
  /** Absolute path of the other repository, for messages. */
  readonly path: Bytes
  /** False: received content is taken unchecked (annex-verify=false). */
  readonly verifies: boolean
}

export class GitLocalRemote implements Remote {
  readonly type = 'git'
  readonly name: string
  readonly uuid: Uuid
  readonly cost: number
  readonly isReadOnly: boolean
  readonly isIgnored: boolean
  readonly path: Bytes
  readonly #verifies: boolean
  readonly #hooks: LocalPeerHooks
  readonly #changed = new Set<Bytes>()
  #opened: LocalPeer | undefined

  constructor(settings: LocalRemoteSettings, hooks: LocalPeerHooks) {
    this.name = settings.name
    this.uuid = settings.uuid
    this.cost = settings.cost
    this.isReadOnly = settings.isReadOnly
    this.isIgnored = settings.isIgnored
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
    if (!store.has(keyText)) return this.#reallyAbsent()
    if (isBeingRemoved(store, keyText))
      throw new AnnexError('REMOTE_UNAVAILABLE', `${this.name} is removing the content just now`)
    return true
  }

  /** A path that is gone (a drive taken out) must not be taken for content that is gone. */
  #reallyAbsent(): false {
    if (!this.#peer().store.isReachable())
      throw new AnnexError(
        'REMOTE_UNAVAILABLE',
        `Cannot reach ${this.name} at ${bytesToText(this.path)}`,
      )
    return false
  }

  async retrieve(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<Received> {
    const place = this.#peer().store.locate(keyText)
    if (!place) {
      this.#reallyAbsent()
      throw new AnnexError('CONTENT_MISSING', 'the remote does not have the content')
    }
    const paths = { source: place.path, destination }
    await prepareVerification(keyText)
    return { verified: copyVerified(keyText, paths, { onProgress, checkHash: this.#verifies }) }
  }

  async store(keyText: Bytes, source: Bytes, onProgress: OnProgress): Promise<void> {
    const { store, branch } = this.#peer()
    this.#refuseReadOnly()
    if (!store.has(keyText)) {
      const temp = store.temp.newPath()
      await prepareVerification(keyText)
      copyVerified(keyText, { source, destination: temp }, { onProgress })
      store.moveIn(keyText, temp)
      this.#changed.add(keyText)
    }
    branch.setPresence(keyText, this.uuid, true)
  }

  async remove(keyText: Bytes, proof: DropProof): Promise<void> {
    const { store, branch } = this.#peer()
    this.#refuseReadOnly()
    await prepareVerification(keyText)
    if (store.has(keyText)) {
      using lock = lockContent(store, keyText, 'exclusive')
      removeContent(store, lock, proof)
      this.#changed.add(keyText)
    } else {
      this.#reallyAbsent()
    }
    branch.correctPresence(keyText, this.uuid, false)
  }

  async lockContent(keyText: Bytes): Promise<RemoteLock | undefined> {
    try {
      const lock = lockContent(this.#peer().store, keyText, 'shared')
      return { release: async () => lock.release() }
    } catch (error) {
      if (isAnnexError(error, 'CONTENT_LOCKED') || isAnnexError(error, 'CONTENT_MISSING'))
        return undefined
      throw error
    }
  }

  #refuseReadOnly(): void {
    if (this.isReadOnly)
      throw new AnnexError(
        'REMOTE_UNAVAILABLE',
        `${this.name} is read-only (annex-readonly is set)`,
      )
  }

  async close(): Promise<void> {
    if (!this.#opened) return
    if (this.#changed.size > 0) this.#hooks.contentChanged(this.#opened, [...this.#changed])
    this.#changed.clear()
    this.#opened.branch.close()
    this.#opened.store.unfinished?.done()
    this.#opened.branch.commit()
  }
}
