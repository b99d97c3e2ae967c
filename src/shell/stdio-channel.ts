/** Standard input and output as the channel of a P2P server: blocking reads, collected writes. */
import * as files from '../platform/files.js'
import { readLater } from '../platform/read-later.js'
import { type FilePart, sendFilePart } from '../platform/send-file.js'
import type { ServerChannel } from '../remotes/p2p/server-connection.js'

const STDIN = 0
const STDOUT = 1
const BUFFER_BYTES = 1 << 18

export class StdioChannel implements ServerChannel {
  readonly #input = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  readonly #output = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #pending = 0

  receive(): Buffer | undefined {
    const count = files.readSome(STDIN, this.#input)
    return count === 0 ? undefined : this.#input.subarray(0, count)
  }

  async receiveLater(): Promise<Buffer | undefined> {
    const count = await readLater(STDIN, this.#input)
    return count === 0 ? undefined : this.#input.subarray(0, count)
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
