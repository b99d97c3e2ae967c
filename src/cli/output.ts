/**
 * Standard output and standard error as byte sinks. Lines are collected and written in large pieces:
 * a write call for each would cost `find` 10,000 calls. What is collected goes out when the program
 * waits for something, when it is 100 ms old, and at the end.
 */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
import { isTerminal } from '../platform/terminal.js'

const STDOUT = 1
const STDERR = 2
const FULL_BYTES = 1 << 16
const STALE_MS = 100

/** Where a reporter writes. */
export interface Output {
  /** Whether a person is looking at standard output. */
  readonly isTerminal: boolean
  /** @throws OutputClosed */
  write(bytes: Bytes): void
  /** Writes a message to standard error, after everything on standard output so far. */
  writeError(bytes: Bytes): void
  /** @throws OutputClosed */
  flush(): void
}

/** Whoever read our output has gone: the program ends without a word, as git does. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}

/** The process's own standard output and error. */
export class ProcessOutput implements Output {
  #pending: Bytes = ''
  #scheduled = false
  /** Whether the reader has gone; `told` once somebody had to stop for it. */
  #reader: 'there' | 'gone' | 'told' = 'there'
  #flushedMs = 0
  #isTerminal: boolean | undefined

  get isTerminal(): boolean {
    this.#isTerminal ??= isTerminal(STDOUT)
    return this.#isTerminal
  }

  write(bytes: Bytes): void {
    this.#pending += bytes
    if (this.#pending.length >= FULL_BYTES || performance.now() - this.#flushedMs > STALE_MS)
      this.flush()
    else if (!this.#scheduled) this.#schedule()
  }

  writeError(bytes: Bytes): void {
    this.flush()
    try {
      files.writeFully(STDERR, bytesToBuffer(bytes))
    } catch (error) {
      // Nobody is left to be told.
      if (!isErrno(error, 'EPIPE', 'EBADF')) throw error
    }
  }

  /** Throws only once when the reader has gone: what cleans up after that need not mind. */
  flush(): void {
    if (this.#reader === 'there') this.#writeOut()
    this.#pending = ''
    if (this.#reader !== 'gone') return
    this.#reader = 'told'
    throw new OutputClosed()
  }

  #writeOut(): void {
    if (this.#pending === '') return
    const buffer = bytesToBuffer(this.#pending)
    this.#flushedMs = performance.now()
    try {
      files.writeFully(STDOUT, buffer)
    } catch (error) {
      if (!isErrno(error, 'EPIPE')) throw error
      this.#reader = 'gone'
    }
  }

  /** Promises settle before this runs, so a command that only computes is not slowed down. */
  #schedule(): void {
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#reader !== 'there') return
      // Nobody could catch an error here; the next flush will throw it.
      this.#writeOut()
      this.#pending = ''
    })
  }
}

/** Standard error as a place for progress, where standard output is somebody else's. */
export class ErrorOutput implements Output {
  readonly #out: Output
  #isTerminal: boolean | undefined

  constructor(out: Output) {
    this.#out = out
  }

  get isTerminal(): boolean {
    this.#isTerminal ??= isTerminal(STDERR)
    return this.#isTerminal
  }

  write(bytes: Bytes): void {
    this.#out.writeError(bytes)
  }

  writeError(bytes: Bytes): void {
    this.#out.writeError(bytes)
  }

  flush(): void {}
}
