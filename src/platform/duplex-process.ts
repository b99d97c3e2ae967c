/**
 * A child process that is talked to: bytes go to its standard input and come from its standard output,
 * with no more of them in memory than are being worked on. Its standard error is ours.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'

/** No more is read ahead than about this much. */
const MAX_AHEAD_BYTES = 1 << 20

export interface DuplexOptions {
  /** Variables to set (or, when undefined, to unset) on top of our own environment. */
  readonly env?: Record<string, string | undefined>
}

export class DuplexProcess {
  /** Resolves with its exit status: 127 when it could not be started, 128 + n for signal n. */
  readonly exited: Promise<number>
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #chunks: Buffer[] = []
  #aheadBytes = 0
  #isEnded = false
  #wake: (() => void) | undefined

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child
    this.exited = new Promise((resolve) => {
      child.on('error', () => resolve(127))
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
      )
    })
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
    for (const event of ['end', 'close', 'error']) child.stdout.on(event, () => this.#end())
    child.on('error', () => this.#end())
    // Told by the write that fails.
    child.stdin.on('error', () => {})
  }

  /** Starts a program, without a shell. One that cannot be started looks as if it had ended. */
  static start(argv: readonly [string, ...string[]], { env }: DuplexOptions = {}): DuplexProcess {
    return new DuplexProcess(
      spawn(argv[0], argv.slice(1), {
        stdio: ['pipe', 'pipe', 'inherit'],
        ...(env && { env: { ...process.env, ...env } }),
      }),
    )
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#aheadBytes += chunk.length
    if (this.#aheadBytes >= MAX_AHEAD_BYTES) this.#child.stdout.pause()
    this.#wake?.()
  }

  #end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  /** Waits for bytes. @returns undefined at the end; only one caller may wait */
  async read(): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0 && !this.#isEnded)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#wake = undefined
    const chunk = this.#chunks.shift()
    this.#aheadBytes -= chunk?.length ?? 0
    if (this.#aheadBytes < MAX_AHEAD_BYTES && this.#child.stdout.isPaused())
      this.#child.stdout.resume()
    return chunk
  }

  /** Writes bytes, which must stay as they are until this resolves. @throws EPIPE and its like */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.stdin.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Lets it see the end of its input. */
  closeInput(): void {
    this.#child.stdin.end()
  }

  /** Ends it, whatever it is doing. */
  kill(): void {
    this.#child.kill('SIGTERM')
  }
}
