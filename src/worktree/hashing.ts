/**
 * Hashing inside the synchronous filter, where a hash function that must be loaded first cannot be
 * waited for.
 */
import type { Hasher } from '../backends/hasher.js'
import { type Backend, needsPreparing, newHasher } from '../backends/registry.js'

/** A hash function that is not loaded yet is needed; thrown before anything was read or written. */
export class UnpreparedBackend extends Error {
  readonly backend: Backend

  constructor(backend: Backend) {
    super(`The hash function of ${backend.name} is not loaded`)
    this.name = 'UnpreparedBackend'
    this.backend = backend
  }
}

/** Makes sure that hashing for a backend can start. @throws UnpreparedBackend */
export function requirePrepared(backend: Backend): void {
  if (needsPreparing(backend)) throw new UnpreparedBackend(backend)
}

/**
 * Starts to hash for a backend.
 * @throws UnpreparedBackend
 * @throws AnnexError BACKEND_CANNOT_GENERATE for a backend without a hash
 */
export function startHasher(backend: Backend): Hasher {
  requirePrepared(backend)
  return newHasher(backend)
}

/** The digests of one content in memory, each computed when first asked for. */
export class ContentDigests {
  readonly #content: Uint8Array
  readonly #digests = new Map<Backend['digest'], string>()

  constructor(content: Uint8Array) {
    this.#content = content
  }

  /** The digest for keys of a backend, lower-case hex. @throws as {@link startHasher} */
  hexFor(backend: Backend): string {
    let hex = this.#digests.get(backend.digest)
    if (hex === undefined) {
      const hasher = startHasher(backend)
      hasher.update(this.#content)
      hex = hasher.digestHex()
      this.#digests.set(backend.digest, hex)
    }
    return hex
  }
}
