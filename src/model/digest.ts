/**
 * Hash functions that the runtime brings. Bun's own are there from the start; its `node:crypto` would
 * cost each start 3 ms, the filter's and the hooks' too. Pure: a digest is a value.
 */
import { createRequire } from 'node:module'

/** A hash function at work; the same shape as `node:crypto`'s. */
export interface Digest {
  /** @param encoding of a string; `latin1` for byte strings */
  update(data: Uint8Array | string, encoding?: 'latin1' | 'utf8'): Digest
  digest(): Buffer
  digest(encoding: 'hex'): string
}

interface Runtime {
  readonly Bun?: { readonly CryptoHasher: new (algorithm: string) => Digest }
}

type NodeCrypto = { createHash(algorithm: string): Digest }

const bun = (globalThis as Runtime).Bun
let nodeCrypto: NodeCrypto | undefined

/**
 * Starts a digest.
 * @param algorithm an OpenSSL name, such as `md5`, `sha256`, `sha3-512`, `blake2b512`
 * @throws Error for an algorithm that the runtime does not have
 */
export function startDigest(algorithm: string): Digest {
  if (bun) return new bun.CryptoHasher(algorithm)
  nodeCrypto ??= createRequire(import.meta.url)('node:crypto') as NodeCrypto
  return nodeCrypto.createHash(algorithm)
}
