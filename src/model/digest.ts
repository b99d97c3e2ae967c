/**
 * Hash functions that the runtime brings. Bun's own are there from the start; its `node:crypto` would
 * cost each start 3 ms, the filter's and the hooks' too. Pure: a digest is a value.
 */
import { createRequire } from 'node:module'
import { type Bytes, bytesToPath } from './bytes.js'

/** A hash function at work; the same shape as `node:crypto`'s. */
export interface Digest {
  /** @param encoding of a string; `latin1` for byte strings */
  update(data: Uint8Array | string, encoding?: 'latin1' | 'utf8'): Digest
  digest(): Buffer
  digest(encoding: 'hex'): string
}

interface BunHasher {
  new (algorithm: string): Digest
  hash(algorithm: string, data: Uint8Array | string): Buffer
}

interface Runtime {
  readonly Bun?: { readonly CryptoHasher: BunHasher }
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

/**
 * The digest of a short content or text, at once: in Bun it takes half the time and leaves no object
 * behind, of which the collector knows nothing but its few visible bytes.
 */
export function digestOf(algorithm: string, content: Bytes | Uint8Array): Buffer {
  const isText = typeof content === 'string'
  if (bun) return bun.CryptoHasher.hash(algorithm, isText ? bytesToPath(content) : content)
  return startDigest(algorithm).update(content, 'latin1').digest()
}
