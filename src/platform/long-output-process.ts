/**
 * A child process that is talked to as a {@link DuplexProcess} is, whose output is long: it comes
 * through a {@link LongPipe}, straight into the buffer where it is needed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Writable } from 'node:stream'
import * as files from './files.js'
import { LongPipe } from './long-pipe.js'

const CHUNK_BYTES = 1 << 16

export class LongOutputProcess {
  /** Resolves with its exit status: 127 when it could not be started, 128 + n for signal n. */
  readonly exited: Promise<number>
  readonly #child: ChildProcess
  readonly #input: Writable
  readonly #output: LongPipe
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)

  private constructor(child: ChildProcess, output: LongPipe) {
    this.#child = child
    this.#output = output
    this.#input = child.stdin!
    this.exited = new Promise((resolve) => {
      child.on('error', () => resolve(127))
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
      )
    })
    // Told by the write that fails.
    this.#input.on('error', () => {})
  }

  /**
   * Starts a program, without a shell; its standard error is ours. One that cannot be started looks as
   * if it had ended.
   * @returns undefined where there is no such pipe
   */
  static start(argv: readonly [string, ...string[]]): LongOutputProcess | undefined {
    const output = LongPipe.make()
    if (!output) return undefined
    try {
      const stdio = ['pipe', output.writeFd, 'inherit'] as const
      return new LongOutputProcess(spawn(argv[0], argv.slice(1), { stdio: [...stdio] }), output)
    } catch (error) {
      output.close()
      throw error
    } finally {
      files.close(output.writeFd)
    }
  }

  /** Waits for bytes. @returns undefined at the end; valid until the next call, one at a time */
  async read(): Promise<Buffer | undefined> {
    const count = await this.#output.readInto(this.#chunk)
    return count === 0 ? undefined : this.#chunk.subarray(0, count)
  }

  /** Waits for bytes. @returns how many were put into the buffer; 0 at the end */
  readInto(buffer: Buffer): Promise<number> {
    return this.#output.readInto(buffer)
  }

  /** Writes bytes, which must stay as they are until this resolves. @throws EPIPE and its like */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#input.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Lets it see the end of its input. */
  closeInput(): void {
    this.#input.end()
  }

  /** Ends it, whatever it is doing; nothing more is read from it. */
  kill(): void {
    this.#child.kill('SIGTERM')
    this.#output.close()
  }
}
