/** Standard input and output as the channel of a P2P server: blocking reads, collected writes. */
import * as files from '../platform/files.js'
import { growPipe } from '../platform/long-pipe.js'
import { readLater } from '../platform/read-later.js'
import { type FilePart, sendFilePart } from '../platform/send-file.js'
import { sleepSync } from '../platform/sleep.js'
import type { ServerChannel } from '../remotes/p2p/server-connection.js'

const STDIN = 0
const STDOUT = 1
const BUFFER_BYTES = 1 << 18
/** From here on it pays to let bytes gather: each packet of 32 KiB would wake us. */
const LONG_BYTES = 4 << 20
/** A pipe of 1 MiB is full after this time at 1 GB/s. */
const GATHER_MS = 1

export class StdioChannel implements ServerChannel {
  readonly #input = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  readonly #output = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #pending = 0
  #isGrown = false
  /** The last read got less than it asked for: the pipe was empty then. */
  #wasEmptied = false

  receive(expectedBytes: number): Buffer | undefined {
    if (expectedBytes >= LONG_BYTES) this.#letGather()
    const count = files.readSome(STDIN, this.#input)
    this.#wasEmptied = count < BUFFER_BYTES
    return count === 0 ? undefined : this.#input.subarray(0, count)
  }

  async receiveLater(): Promise<Buffer | undefined> {
    const count = await readLater(STDIN, this.#input)
    return count === 0 ? undefined : this.#input.subarray(0, count)
  }

  #letGather(): void {
    if (!this.#isGrown) growPipe(STDIN)
    this.#isGrown = true
    if (this.#wasEmptied) sleepSync(GATHER_MS)
  }

  send(bytes: Uint8Array): void {
    if (this.#pending + bytes.length > BUFFER_BYTES) this.flush()
    if (bytes.length >= BUFFER_BYTES) {
      files.writeFully(STDOUT, bytes)
      return
    }
    this.#output.set(bytes, this.#pending)
    this.#pending += bytes.length
  }

  sendFile(part: FilePart): number {
    this.flush()
    return sendFilePart(STDOUT, part)
  }

  flush(): void {
    const length = this.#pending
    // First forgotten: what cannot be written now can never be.
    this.#pending = 0
    if (length > 0) files.writeFully(STDOUT, this.#output, 0, length)
  }
}
