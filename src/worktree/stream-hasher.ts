/**
 * Hashing of content that streams through a few buffers: in a thread of its own where that pays, else
 * between the reads.
 */
import type { Hasher } from '../backends/hasher.js'
import type { Backend } from '../backends/registry.js'
import { HashThread } from '../platform/hash-thread.js'
import { startHasher } from './hashing.js'

/** Takes chunks in order. */
export interface StreamHasher {
  /** The buffer for the next chunk; what is in it may still be needed until this is called. */
  nextBuffer(): Buffer
  /** Takes a chunk, which must stay as it is until the next call of {@link nextBuffer}. */
  update(chunk: Buffer): void
  /** Lower-case hex; undefined when there is nothing to hash for. */
  digestHex(): string | undefined
  /** Ends the hashing without a digest. */
  discard(): void
}

/** From this size on a thread is worth the 15 ms that it takes to start. */
const MIN_THREAD_BYTES = 64n << 20n
/** With a thread that is running already. */
const MIN_SHARED_BYTES = 8n << 20n

/** Starts hashers for one file after the other, and keeps the threads. */
export class StreamHashers {
  readonly #slotBytes: number
  /** By algorithm; undefined for one that did not start. */
  readonly #threads = new Map<string, HashThread | undefined>()

  /** @param slotBytes how long the chunks are that will be read */
  constructor(slotBytes: number) {
    this.#slotBytes = slotBytes
  }

  /**
   * Starts to hash one content.
   * @param backend undefined to hash nothing
   * @param likelyBytes how long the content will be, as far as is known
   * @param buffer lent for the chunks where there is no thread
   * @throws UnpreparedBackend
   */
  start(backend: Backend | undefined, likelyBytes: bigint, buffer: Buffer): StreamHasher {
    const thread = backend && this.#threadFor(backend, likelyBytes)
    if (thread) return new ThreadedHasher(thread)
    return new InlineHasher(backend?.digest && startHasher(backend), buffer)
  }

  #threadFor(backend: Backend, likelyBytes: bigint): HashThread | undefined {
    const algorithm = backend.digest?.algorithm
    if (algorithm === undefined || likelyBytes < MIN_SHARED_BYTES) return undefined
    if (!this.#threads.has(algorithm)) {
      if (likelyBytes < MIN_THREAD_BYTES) return undefined
      this.#threads.set(algorithm, HashThread.start(algorithm, this.#slotBytes))
    }
    return this.#threads.get(algorithm)
  }
}

class InlineHasher implements StreamHasher {
  readonly #hasher: Hasher | undefined
  readonly #buffer: Buffer

  constructor(hasher: Hasher | undefined, buffer: Buffer) {
    this.#hasher = hasher
    this.#buffer = buffer
  }

  nextBuffer(): Buffer {
    return this.#buffer
  }

  update(chunk: Buffer): void {
    this.#hasher?.update(chunk)
  }

  digestHex(): string | undefined {
    return this.#hasher?.digestHex()
  }

  discard(): void {}
}

class ThreadedHasher implements StreamHasher {
  readonly #thread: HashThread
  #isOver = false

  constructor(thread: HashThread) {
    this.#thread = thread
  }

  nextBuffer(): Buffer {
    return this.#thread.nextBuffer()
  }

  update(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) {
      const slot = this.#thread.nextBuffer()
      const count = Math.min(rest.length, slot.length)
      const isThere = rest.buffer === slot.buffer && rest.byteOffset === slot.byteOffset
      if (!isThere) rest.copy(slot, 0, 0, count)
      this.#thread.push(count)
      rest = rest.subarray(count)
    }
  }

  digestHex(): string {
    this.#isOver = true
    return this.#thread.digestHex()
  }

  discard(): void {
    if (!this.#isOver) this.#thread.discard()
    this.#isOver = true
  }
}
