/**
 * A pipe of our own for the output of a child process that is long: it holds 1 MiB, and is looked into
 * rather than waited at, so that a few large reads take what would else be thousands of small ones,
 * each of which wakes this process (1 GiB over ssh: 4,000 reads instead of 33,000). Linux and Bun only.
 */
import * as files from './files.js'
import { libcFunctions } from './libc.js'
import { sleep } from './sleep.js'

const PIPE_BYTES = 1 << 20
const O_CLOEXEC = 0o2000000
const F_SETPIPE_SZ = 1031
const POLLIN = 1
/** `struct pollfd`: the descriptor (32 bits), what is asked for, what is so (16 bits each). */
const POLLFD_BYTES = 8
/** How long to let bytes gather: the pipe is full after this time at 1 GB/s. */
const GATHER_MS = 1
/** So many times in vain, and nobody is in a hurry: a look costs 15 µs. */
const BRISK_LOOKS = 20
const IDLE_MS = 4

interface Libc {
  pipe2(descriptors: Uint8Array, flags: number): number
  fcntl(fd: number, command: number, argument: number): number
  poll(descriptors: Uint8Array, count: bigint, timeoutMs: number): number
}

const libc = libcFunctions<Libc>({
  pipe2: { args: ['ptr', 'i32'], returns: 'i32' },
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  poll: { args: ['ptr', 'u64', 'i32'], returns: 'i32' },
})

/** Makes a pipe hold as much as ours do, where that can be: 2 ms the first time. @param fd either end */
export function growPipe(fd: number): void {
  libc()?.fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES)
}

export class LongPipe {
  /** The end for the writer; to be closed here once a child has it. */
  readonly writeFd: number
  readonly #libc: Libc
  readonly #readFd: number
  readonly #poll = Buffer.alloc(POLLFD_BYTES)
  #isClosed = false
  /** The last read got less than it asked for: the pipe was empty then. */
  #wasEmptied = false

  private constructor(lib: Libc, readFd: number, writeFd: number) {
    this.#libc = lib
    this.#readFd = readFd
    this.writeFd = writeFd
    this.#poll.writeInt32LE(readFd, 0)
    this.#poll.writeInt16LE(POLLIN, 4)
  }

  /** Makes a pipe. @returns undefined where there are none of this kind */
  static make(): LongPipe | undefined {
    const lib = libc()
    const descriptors = Buffer.alloc(8)
    if (lib?.pipe2(descriptors, O_CLOEXEC) !== 0) return undefined
    const [readFd, writeFd] = [descriptors.readInt32LE(0), descriptors.readInt32LE(4)]
    // Refused to a user who has many large pipes: a small one will do.
    growPipe(writeFd)
    return new LongPipe(lib, readFd, writeFd)
  }

  /**
   * Waits for bytes, and a little longer for more of them.
   * @returns how many were put into the buffer; 0 when all writers have gone, or it was closed
   */
  async readInto(buffer: Buffer): Promise<number> {
    if (this.#wasEmptied) await sleep(GATHER_MS)
    for (let looks = 0; !this.#isReady(); looks++)
      await sleep(looks < BRISK_LOOKS ? GATHER_MS : IDLE_MS)
    if (this.#isClosed) return 0
    const count = files.readSome(this.#readFd, buffer)
    this.#wasEmptied = count < buffer.length
    if (count === 0) this.close()
    return count
  }

  /** Whether a read would not wait: there are bytes, or nobody who could write any. */
  #isReady(): boolean {
    return this.#isClosed || this.#libc.poll(this.#poll, 1n, 0) !== 0
  }

  /** Ends it at once, also for who waits for bytes. */
  close(): void {
    if (!this.#isClosed) files.close(this.#readFd)
    this.#isClosed = true
  }
}
