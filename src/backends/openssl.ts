/** Hashes of the crypto library inside the runtime: OpenSSL in Node, BoringSSL in Bun. */
import { type Digest, startDigest } from '../model/digest.js'
import type { Hasher } from './hasher.js'

class OpensslHasher implements Hasher {
  readonly #hash: Digest

  constructor(algorithm: string) {
    this.#hash = startDigest(algorithm)
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }

  digestHex(): string {
    return this.#hash.digest('hex')
  }
}

/**
 * Starts a hash.
 * @param algorithm a name that both runtimes know, such as `sha3-256`
 */
export function newOpensslHasher(algorithm: string): Hasher {
  return new OpensslHasher(algorithm)
}
