/**
 * Hashes that the runtime lacks or cannot size, by the package hash-wasm.
 *
 * The package is imported when the first of them is prepared, because loading it would cost every
 * start of the filter. Its constructors are asynchronous, its hashing is not: so one WebAssembly
 * instance per algorithm is made ahead and shared. Hashers that interleave take turns on it by saving
 * and loading their state (a few hundred bytes); one hasher at a time pays nothing.
 */
import type { IHasher } from 'hash-wasm'
import type { Hasher } from './hasher.js'

export type WasmAlgorithm =
  | 'blake2b160'
  | 'blake2b224'
  | 'blake2b256'
  | 'blake2b384'
  | 'blake2s160'
  | 'blake2s224'
  | 'blake3'

interface Engine {
  readonly instance: IHasher
  /** Whose state the instance holds now. */
  owner: WasmHasher | undefined
}

const engines = new Map<WasmAlgorithm, Engine>()

class WasmHasher implements Hasher {
  readonly #engine: Engine
  /** The state while another hasher uses the instance; undefined before the first turn. */
  #parked: Uint8Array | undefined

  constructor(engine: Engine) {
    this.#engine = engine
  }

  update(chunk: Uint8Array): void {
    this.#takeTurn().update(chunk)
  }

  digestHex(): string {
    const digest = this.#takeTurn().digest('hex')
    this.#engine.owner = undefined
    return digest
  }

  #takeTurn(): IHasher {
    const { instance, owner } = this.#engine
    if (owner === this) return instance
    if (owner) owner.#parked = instance.save()
    instance.init()
    if (this.#parked) instance.load(this.#parked)
    this.#engine.owner = this
    return instance
  }
}

/** Whether {@link newWasmHasher} can be called. */
export function isWasmReady(algorithm: WasmAlgorithm): boolean {
  return engines.has(algorithm)
}

/** Loads what an algorithm needs; afterwards its hashers are made without waiting. */
export async function prepareWasm(algorithm: WasmAlgorithm): Promise<void> {
  if (engines.has(algorithm)) return
  const { createBLAKE2b, createBLAKE2s, createBLAKE3 } = await import('hash-wasm')
  const bits = Number(/\d{3}$/.exec(algorithm)?.[0] ?? 256)
  const create = algorithm.startsWith('blake2b')
    ? createBLAKE2b
    : algorithm.startsWith('blake2s')
      ? createBLAKE2s
      : createBLAKE3
  const instance = await create(bits)
  // Two callers may have waited side by side: the first instance stays, it may be in use.
  if (!engines.has(algorithm)) engines.set(algorithm, { instance, owner: undefined })
}

/** Starts a hash; {@link prepareWasm} must have been awaited. */
export function newWasmHasher(algorithm: WasmAlgorithm): Hasher {
  const engine = engines.get(algorithm)
  if (!engine) throw new Error(`${algorithm} is used before it was prepared`)
  return new WasmHasher(engine)
}
