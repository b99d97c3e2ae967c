/**
 * Collecting the evidence for a removal: locks and presence checks at the other repositories, until
 * the numcopies rule is met; the rule itself is `policy/numcopies.ts`.
 * Implements spec: numcopies and drop safety, section 3.1.
 */
import type { Bytes } from '../model/bytes.js'
import type { DropProof, VerifiedCopy } from '../model/drop-proof.js'
import { isAnnexError, isSystemError } from '../model/errors.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'
import { type CopiesNeeded, proveDrop } from '../policy/numcopies.js'
import type { Remote, RemoteLock } from '../remotes/remote.js'
import { lockContent } from '../store/content-lock.js'
import type { ObjectStore } from '../store/object-store.js'

export interface ProveDropRequest {
  readonly keyText: Bytes
  /** The repository that is to lose its copy. */
  readonly from: Uuid
  readonly needed: CopiesNeeded
  /** Where the location log says that the content is. */
  readonly locations: readonly Uuid[]
  readonly trust: (uuid: Uuid) => TrustLevel
  /** Reachable remotes, cheapest first. */
  readonly remotes: readonly Remote[]
  /** Whether the copy to go is our own, held under an exclusive lock of ours. */
  readonly isLocal: boolean
  /** Our own repository. */
  readonly here: { readonly uuid: Uuid; readonly store: ObjectStore }
}

/** What came of it. The locks stay held until `release`, whichever way it went. */
export interface DropEvidence extends AsyncDisposable {
  /** Undefined: not enough copies could be proven. */
  readonly proof: DropProof | undefined
  readonly copies: readonly VerifiedCopy[]
  /** Remotes that could not be asked. */
  readonly unreachable: readonly Remote[]
  /** Remotes that do not have the content, whatever the location log says. */
  readonly missing: readonly Remote[]
  /** Remotes that have no way to lock content. */
  readonly lockless: readonly Remote[]
}

/** Asks the other repositories until enough copies are proven or nobody is left to ask. */
export async function collectDropEvidence(request: ProveDropRequest): Promise<DropEvidence> {
  const collector = new Collector(request)
  try {
    await collector.run()
  } catch (error) {
    await collector[Symbol.asyncDispose]()
    throw error
  }
  return collector
}

/** A copy that a remote has locked for us. */
interface RemoteCopy {
  readonly copy: VerifiedCopy
  readonly lock: RemoteLock
  readonly remote: Remote
}

class Collector implements DropEvidence {
  readonly copies: VerifiedCopy[] = []
  readonly unreachable: Remote[] = []
  readonly missing: Remote[] = []
  readonly lockless: Remote[] = []
  proof: DropProof | undefined
  readonly #request: ProveDropRequest
  readonly #locks: (RemoteLock | { release(): void })[] = []
  readonly #remoteLocks: RemoteCopy[] = []
  #expiresMs: number | undefined

  constructor(request: ProveDropRequest) {
    this.#request = request
  }

  async run(): Promise<void> {
    const { from, here, locations, remotes, trust } = this.#request
    const counting = locations.filter(
      (uuid) => uuid !== from && !['untrusted', 'dead'].includes(trust(uuid)),
    )
    for (const uuid of counting)
      if (trust(uuid) === 'trusted') this.copies.push({ uuid, evidence: 'trusted' })
    if (this.#isProven()) return
    if (from !== here.uuid && counting.includes(here.uuid)) this.#lockHere()
    for (const remote of remotes) {
      if (this.#isProven()) return
      if (!counting.includes(remote.uuid) || remote.isIgnored) continue
      await this.#ask(remote)
    }
    this.#isProven()
  }

  #isProven(): boolean {
    const { keyText, from, needed, isLocal } = this.#request
    this.#forgetLost()
    this.proof ??= proveDrop({
      keyText,
      from,
      needed,
      copies: this.copies,
      isLocal,
      ...(this.#expiresMs !== undefined && { expiresMs: this.#expiresMs }),
    })
    return this.proof !== undefined
  }

  /** While others were asked a connection may have broken, and the lock with it: that is no copy. */
  #forgetLost(): void {
    for (const { copy, lock, remote } of this.#remoteLocks) {
      const index = this.copies.indexOf(copy)
      if (index < 0 || lock.isHeld?.() !== false) continue
      this.copies.splice(index, 1)
      this.unreachable.push(remote)
    }
  }

  #lockHere(): void {
    const { here, keyText } = this.#request
    try {
      this.#locks.push(lockContent(here.store, keyText, 'shared'))
      this.copies.push({ uuid: here.uuid, evidence: 'locked' })
    } catch (error) {
      // The log was wrong, or the content is being dropped here: then it is no copy to count on.
      if (!isAnnexError(error, 'CONTENT_MISSING') && !isAnnexError(error, 'CONTENT_LOCKED'))
        throw error
    }
  }

  async #ask(remote: Remote): Promise<void> {
    const { keyText } = this.#request
    try {
      const lock = await remote.lockContent?.(keyText)
      if (lock) {
        this.#locks.push(lock)
        if (lock.expiresMs !== undefined)
          this.#expiresMs = Math.min(this.#expiresMs ?? lock.expiresMs, lock.expiresMs)
        const copy = { uuid: remote.uuid, evidence: 'locked' } as const
        this.copies.push(copy)
        this.#remoteLocks.push({ copy, lock, remote })
        return
      }
      if (!remote.lockContent) this.lockless.push(remote)
      if (await remote.checkPresent(keyText))
        this.copies.push({ uuid: remote.uuid, evidence: 'recently verified' })
      else this.missing.push(remote)
    } catch (error) {
      if (!isAnnexError(error) && !isSystemError(error)) throw error
      this.unreachable.push(remote)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lock of this.#locks.splice(0)) await lock.release()
  }
}
