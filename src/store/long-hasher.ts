/**
 * Hashing of long contents beside the work on their bytes, in a thread of its own: for a content that
 * is copied or comes over a network, hashing is more than half of what this process does with it.
 */
import type { Hasher } from '../backends/hasher.js'
import { type Backend, newHasher } from '../backends/registry.js'
import { HashThread } from '../platform/hash-thread.js'

/** From here on a thread is worth the 15 ms that it takes to start. */
const MIN_BYTES = 64 << 20
const SLOT_BYTES = 1 << 18
/** More would only wait for each other. */
const MAX_THREADS = 2

/** Threads that hash nothing now, with the algorithm that each was started for. */
const idle: { readonly algorithm: string; readonly thread: HashThread }[] = []
let started = 0

/** Hashes one content; to be disposed of, with or without a digest. */
export interface ContentHasher extends Hasher, Disposable {
  /** Lends the place where the next chunk need not be copied from: not empty, and nothing else comes first. */
  nextBuffer?(): Buffer
}

/**
 * Starts hashing one content: in a thread when it is long, there is a thread to be had, and the hash
 * function is one for it.
 * @param likelyBytes how much will come, as far as is known
 */
export function startHashing(backend: Backend, likelyBytes: number | undefined): ContentHasher {
  const algorithm = backend.digest?.algorithm
  const isLong = likelyBytes !== undefined && likelyBytes >= MIN_BYTES
  const thread = algorithm !== undefined && isLong ? takeThread(algorithm) : undefined
  if (thread) return new ThreadHasher(algorithm!, thread)
  const hasher = newHasher(backend)
  return {
    update: (chunk) => hasher.update(chunk),
    digestHex: () => hasher.digestHex(),
    [Symbol.dispose]: () => {},
  }
}

function takeThread(algorithm: string): HashThread | undefined {
  const at = idle.findIndex((candidate) => candidate.algorithm === algorithm)
  if (at >= 0) return idle.splice(at, 1)[0]!.thread
  if (started >= MAX_THREADS) return undefined
  started++
  return HashThread.start(algorithm, SLOT_BYTES)
}

class ThreadHasher implements ContentHasher {
  readonly #algorithm: string
  readonly #thread: HashThread
  #slot: Buffer | undefined
  #filled = 0
  #isOver = false

  constructor(algorithm: string, thread: HashThread) {
    this.#algorithm = algorithm
    this.#thread = thread
  }

  nextBuffer(): Buffer {
    this.#slot ??= this.#thread.nextBuffer()
    return this.#slot.subarray(this.#filled)
  }

  update(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.length; ) {
      const place = this.nextBuffer()
      const count = Math.min(chunk.length - done, place.length)
      const isThere = chunk.buffer === place.buffer && chunk.byteOffset === place.byteOffset
      if (!isThere) place.set(chunk.subarray(done, done + count))
      this.#filled += count
      done += count
      if (this.#filled === this.#slot!.length) this.#push()
    }
  }

  #push(): void {
    if (this.#slot && this.#filled > 0) this.#thread.push(this.#filled)
    this.#slot = undefined
    this.#filled = 0
  }

  digestHex(): string {
    this.#push()
    const digest = this.#thread.digestHex()
    this.#end()
    return digest
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return
    this.#slot = undefined
    this.#thread.discard()
    this.#end()
  }

  #end(): void {
    this.#isOver = true
    idle.push({ algorithm: this.#algorithm, thread: this.#thread })
  }
}
