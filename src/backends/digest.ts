/**
 * Which implementation serves which hash function: the fastest sound one there is.
 *
 * The runtime's own crypto library comes first; hash-wasm has the BLAKE2 lengths and BLAKE3 that it
 * lacks; the Skein family and the BLAKE2 trees, which no library offers, are our own. Figures:
 * `bench/hashes.ts`.
 */
import { bun } from '../platform/runtime.js'
import { newBlake2TreeHasher } from './blake2-tree.js'
import { isWasmReady, newWasmHasher, prepareWasm, type WasmAlgorithm } from './hash-wasm.js'
import type { Hasher } from './hasher.js'
import { newOpensslHasher } from './openssl.js'
import { newSkeinHasher } from './skein.js'

/** How hashers of one function are made. */
export interface Digest {
  /** Digits of the digest in hex. */
  readonly hexLength: number
  /** Its name in the runtime's crypto library, which threads have, too; undefined elsewhere. */
  readonly algorithm?: string
  /** Whether `start` works now; false until `prepare` was awaited. */
  isReady(): boolean
  prepare(): Promise<void>
  start(): Hasher
}

/**
 * A function of the runtime's crypto library.
 * @param algorithm its name there; both runtimes must know it
 */
export function openssl(algorithm: string, bits: number): Digest {
  return { ...synchronous(bits, () => newOpensslHasher(algorithm)), algorithm }
}

/** A function of hash-wasm; only these must be prepared. */
export function hashWasm(algorithm: WasmAlgorithm, bits: number): Digest {
  return {
    hexLength: bits / 4,
    isReady: () => isWasmReady(algorithm),
    prepare: () => prepareWasm(algorithm),
    start: () => newWasmHasher(algorithm),
  }
}

/** A function that Bun's crypto library has and Node's has not. */
export function opensslOnBun(algorithm: WasmAlgorithm, bits: number): Digest {
  return bun ? openssl(algorithm, bits) : hashWasm(algorithm, bits)
}

/** Skein-256-256 or Skein-512-512. */
export function skein(bits: 256 | 512): Digest {
  return synchronous(bits, () => newSkeinHasher(bits))
}

/**
 * BLAKE2bp or BLAKE2sp.
 * @param bits length of the digest
 */
export function blake2Tree(name: 'blake2bp' | 'blake2sp', bits: number): Digest {
  return synchronous(bits, () => newBlake2TreeHasher(name, bits))
}

function synchronous(bits: number, start: () => Hasher): Digest {
  return { hexLength: bits / 4, isReady: () => true, prepare: () => Promise.resolve(), start }
}
