/**
 * Cutting a stream of bytes into the lines and the raw data of the P2P protocol.
 *
 * Holds one chunk at a time, and the beginning of a line that goes on in the next. Implements spec:
 * transfer, section 4.1.
 */
import { type Bytes, bytesFromBuffer } from '../../model/bytes.js'
import { AnnexError } from '../../model/errors.js'

/** The longest line, its line feed not counted. */
export const MAX_LINE_BYTES = 32768
const LF = 10

export class FrameBuffer {
  #chunk: Buffer = Buffer.alloc(0)
  #start = 0

  /** Bytes that were pushed and not yet taken. */
  get length(): number {
    return this.#chunk.length - this.#start
  }

  /**
   * Adds what came. Its buffer may be filled anew as soon as {@link takeLine} gives nothing or
   * {@link length} is 0.
   */
  push(chunk: Buffer): void {
    this.#chunk =
      this.length === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#start), chunk])
    this.#start = 0
  }

  /**
   * Takes one line.
   * @returns without its line feed; undefined when it is not complete yet
   * @throws AnnexError PROTOCOL when it is too long; nothing that follows can be understood then
   */
  takeLine(): Bytes | undefined {
    const end = this.#chunk.indexOf(LF, this.#start)
    const length = (end < 0 ? this.#chunk.length : end) - this.#start
    if (length > MAX_LINE_BYTES)
      throw new AnnexError('PROTOCOL', `a line is longer than ${MAX_LINE_BYTES} bytes`)
    if (end < 0) {
      // What goes on behind it may come in the same buffer.
      this.#chunk = Buffer.from(this.#chunk.subarray(this.#start))
      this.#start = 0
      return undefined
    }
    const line = bytesFromBuffer(this.#chunk, this.#start, end)
    this.#start = end + 1
    return line
  }

  /** Takes raw bytes: at most `limit`, fewer when no more are there. Valid until the next push. */
  takeBytes(limit: number): Buffer {
    const end = Math.min(this.#start + limit, this.#chunk.length)
    const taken = this.#chunk.subarray(this.#start, end)
    this.#start = end
    return taken
  }
}
