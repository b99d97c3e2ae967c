/**
 * A thread that hashes while this one reads and writes: for one long content, hashing is more than
 * half of the work (a processor without SHA instructions does 0.35 GB/s).
 *
 * Both sides share a ring of buffers and wait for each other with `Atomics`, so the caller stays
 * synchronous. Bun only: under Node the sources are not one file that a thread could load.
 */
import { fastLibcrypto, type Libcrypto, openLibcrypto } from './libcrypto.js'
import { bun } from './runtime.js'

const SLOTS = 4
/** Starting takes 15 ms; a machine on which it takes longer than this is better off without. */
const START_MS = 500
/** A thread that has not hashed one buffer in this time is not coming back. */
const STUCK_MS = 60_000

/** Places in the control words, all 32 bits. */
const STATE = 0
const FILLED = 1
const DONE = 2
const LENGTHS = 3
const DIGEST_OFFSET = 64
const CONTROL_BYTES = 192
/** Values of STATE; from DIGEST on, the length of the digest is added. */
const STARTING = 0
const HASHING = 1
const DIGEST = 2
/** Lengths that are none. */
const END = -1
const DISCARD = -2

/** One running thread; it hashes one content after the other. */
export class HashThread {
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES)
  readonly #words = new Int32Array(this.#control)
  readonly #slots: readonly Buffer[]
  #filled = 0

  private constructor(algorithm: string, slotBytes: number) {
    const data = new SharedArrayBuffer(SLOTS * slotBytes)
    this.#slots = Array.from({ length: SLOTS }, (_, i) =>
      Buffer.from(data, i * slotBytes, slotBytes),
    )
    const library = fastLibcrypto(algorithm)
    const workerData = { control: this.#control, data, algorithm, slotBytes, library }
    // Loaded on demand: most sessions of the filter see no long content, and wait for its 1.5 ms.
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    new Worker(`(${hashForever})(${openLibcrypto})`, { eval: true, workerData }).unref()
  }

  /**
   * Starts a thread.
   * @param algorithm as `node:crypto` names it
   * @param slotBytes the length of its buffers
   * @returns undefined where there are no threads, or when it takes too long to start
   */
  static start(algorithm: string, slotBytes: number): HashThread | undefined {
    if (!bun) return undefined
    const thread = new HashThread(algorithm, slotBytes)
    return thread.#waitWhile(STATE, STARTING, START_MS) ? thread : undefined
  }

  /** The next buffer to fill; waits until the thread is done with what was in it. */
  nextBuffer(): Buffer {
    const free = this.#filled - SLOTS
    if (Atomics.load(this.#words, DONE) <= free) this.#require(DONE, free)
    return this.#slots[this.#filled % SLOTS]!
  }

  /** Hashes the beginning of the buffer that {@link nextBuffer} gave last. */
  push(lengthBytes: number): void {
    this.#words[LENGTHS + (this.#filled % SLOTS)] = lengthBytes
    this.#filled++
    Atomics.store(this.#words, FILLED, this.#filled)
    Atomics.notify(this.#words, FILLED)
  }

  /** The digest of all that was pushed, lower-case hex; the next push begins another content. */
  digestHex(): string {
    this.nextBuffer()
    this.push(END)
    this.#require(STATE, HASHING)
    const length = Atomics.load(this.#words, STATE) - DIGEST
    const hex = Buffer.from(this.#control, DIGEST_OFFSET, length).toString('hex')
    Atomics.store(this.#words, STATE, HASHING)
    return hex
  }

  /** Forgets what was pushed since the last digest. */
  discard(): void {
    this.nextBuffer()
    this.push(DISCARD)
  }

  #require(word: number, value: number): void {
    if (!this.#waitWhile(word, value, STUCK_MS)) throw new Error('The hashing thread is stuck')
  }

  /**
   * A thread may be woken by the notification of an earlier change, when the word is still as it was:
   * going on then would overwrite what is being hashed.
   * @returns false when the word still has the value after this time
   */
  #waitWhile(word: number, value: number, timeoutMs: number): boolean {
    const endMs = performance.now() + timeoutMs
    while (Atomics.load(this.#words, word) === value) {
      const leftMs = endMs - performance.now()
      if (leftMs <= 0) return false
      Atomics.wait(this.#words, word, value, leftMs)
    }
    return true
  }
}

/**
 * What the thread runs: its source is all that is handed over, so it refers to nothing outside but
 * the global object, and its numbers are those of the constants above.
 */
function hashForever(open: typeof openLibcrypto): void {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const { createHash } = process.getBuiltinModule('node:crypto')
  const { control, data, algorithm, slotBytes, library } = workerData as {
    control: SharedArrayBuffer
    data: SharedArrayBuffer
    algorithm: string
    slotBytes: number
    library: Libcrypto | undefined
  }
  const start =
    (library === undefined ? undefined : open(library, algorithm)) ?? (() => createHash(algorithm))
  const words = new Int32Array(control)
  const slots = data.byteLength / slotBytes
  let hash = start()
  Atomics.store(words, 0, 1)
  Atomics.notify(words, 0)
  for (let turn = 0; ; turn++) {
    while (Atomics.load(words, 1) === turn) Atomics.wait(words, 1, turn)
    const slot = turn % slots
    const length = words[3 + slot]!
    if (length >= 0) hash.update(new Uint8Array(data, slot * slotBytes, length))
    else {
      const digest = hash.digest()
      hash = start()
      if (length === -1) {
        new Uint8Array(control, 64, digest.length).set(digest)
        Atomics.store(words, 0, 2 + digest.length)
        Atomics.notify(words, 0)
      }
    }
    Atomics.store(words, 2, turn + 1)
    Atomics.notify(words, 2)
  }
}
