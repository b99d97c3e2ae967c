/**
 * A program that answers line by line and stays for the next question, asked synchronously.
 *
 * Its stdin and stdout are named pipes whose other ends we hold as plain descriptors: reading from a
 * child's own pipe needs the event loop, which the filter does not run. Reads never block, so that a
 * program that says nothing can be given up. Its stderr is ours.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bytes, bytesFromBuffer, bytesToBuffer } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from './files.js'
import { runSync } from './subprocess.js'

/** What reading a line came to. */
export type LineRead =
  | { readonly kind: 'line'; readonly text: Bytes }
  /** The program closed its output: most likely it ended. */
  | { readonly kind: 'end' }
  /** Nothing came for as long as was allowed. */
  | { readonly kind: 'silence' }
  /** More than {@link MAX_LINE_BYTES} came without a newline. */
  | { readonly kind: 'endless' }

const MAX_LINE_BYTES = 1 << 16
const CHUNK_BYTES = 1 << 14
const LF = 10
/** Waiting between two looks: short at first, as most answers come at once. */
const FIRST_WAIT_MS = 0.05
const LONGEST_WAIT_MS = 5

export class LineProcess implements Disposable {
  readonly #child: ChildProcess
  readonly #input: number
  readonly #output: number
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  #pending: Buffer = Buffer.alloc(0)
  #isOpen = true

  private constructor({ child, input, output }: { child: ChildProcess } & OurEnds) {
    this.#child = child
    this.#input = input
    this.#output = output
  }

  /**
   * Starts a program in our directory and environment.
   * @param program its path, as text; one that cannot be started looks as if it had ended at once
   */
  static start(program: string): LineProcess {
    const { ours, theirs } = openPipes()
    try {
      const child = spawn(program, [], { stdio: [theirs.input, theirs.output, 'inherit'] })
      // Tells of a script without its interpreter; reading tells of the end as well.
      child.on('error', () => {})
      child.unref()
      return new LineProcess({ child, ...ours })
    } finally {
      files.close(theirs.input)
      files.close(theirs.output)
    }
  }

  /** Sends one line. A program that has ended takes nothing; reading tells. */
  writeLine(line: Bytes): void {
    try {
      files.writeFully(this.#input, bytesToBuffer(`${line}\n`))
    } catch (error) {
      if (!isErrno(error, 'EPIPE')) throw error
    }
  }

  /**
   * Waits for one line.
   * @param silenceMs how long nothing at all may come
   */
  readLine(silenceMs: number): LineRead {
    for (;;) {
      const end = this.#pending.indexOf(LF)
      if (end >= 0) {
        const text = bytesFromBuffer(this.#pending, 0, end)
        this.#pending = this.#pending.subarray(end + 1)
        return { kind: 'line', text }
      }
      if (this.#pending.length > MAX_LINE_BYTES) return { kind: 'endless' }
      const count = this.#read(silenceMs)
      if (count === 0) return { kind: 'end' }
      if (count === undefined) return { kind: 'silence' }
      this.#pending = Buffer.concat([this.#pending, this.#chunk.subarray(0, count)])
    }
  }

  /** @returns 0 at the end, undefined when nothing came in time */
  #read(silenceMs: number): number | undefined {
    const endMs = performance.now() + silenceMs
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return fs.readSync(this.#output, this.#chunk, 0, CHUNK_BYTES, null)
      } catch (error) {
        if (!isErrno(error, 'EAGAIN', 'EINTR')) throw error
      }
      if (performance.now() >= endMs) return undefined
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs)
    }
  }

  /** Ends the program, whatever it is doing. */
  kill(): void {
    this.#child.kill('SIGKILL')
    this[Symbol.dispose]()
  }

  /** Lets the program go: it sees the end of its input. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    files.close(this.#input)
    files.close(this.#output)
  }
}

interface OurEnds {
  /** Written by us. */
  readonly input: number
  /** Read by us, without blocking. */
  readonly output: number
}

/** Makes two pipes. Nobody else can open them: their names are gone when this returns. */
function openPipes(): { readonly ours: OurEnds; readonly theirs: OurEnds } {
  const { O_RDONLY, O_RDWR, O_WRONLY, O_NONBLOCK } = fs.constants
  const dir = fs.mkdtempSync(join(tmpdir(), 'annexe-pipes-'))
  const [input, output] = [join(dir, 'input'), join(dir, 'output')]
  try {
    const { status, stderr } = runSync(['mkfifo', '-m', '600', input, output])
    if (status !== 0) throw new Error(`Cannot make pipes: ${stderr.toString().trim()}`)
    // A pipe can only be opened where somebody holds its other end, or is about to.
    const both = fs.openSync(input, O_RDWR | O_NONBLOCK)
    const theirInput = fs.openSync(input, O_RDONLY)
    const ourInput = fs.openSync(input, O_WRONLY)
    fs.closeSync(both)
    const ourOutput = fs.openSync(output, O_RDONLY | O_NONBLOCK)
    const theirOutput = fs.openSync(output, O_WRONLY)
    return {
      ours: { input: ourInput, output: ourOutput },
      theirs: { input: theirInput, output: theirOutput },
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
}
