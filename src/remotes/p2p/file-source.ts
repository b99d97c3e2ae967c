/** Files whose contents are sent: read in pieces, two buffers in turn, or at once. */
import type { Bytes } from '../../model/bytes.js'
import { AnnexError, isAnnexError, isErrno } from '../../model/errors.js'
import * as files from '../../platform/files.js'
import { readAt } from '../../platform/read-at.js'
import type { Source } from './client.js'

const PIECE_BYTES = 1 << 18

export class FileSource implements Source, Disposable {
  readonly #fd: number
  readonly #before: files.FileStat
  readonly #pieces: Buffer[] = []
  #turn = 0

  /** @param path absolute @throws AnnexError CONTENT_MISSING */
  constructor(path: Bytes) {
    try {
      this.#fd = files.open(path, 'r')
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error
      throw new AnnexError('CONTENT_MISSING', 'the content is not present', { cause: error })
    }
    this.#before = files.fstat(this.#fd)
  }

  get sizeBytes(): number {
    return Number(this.#before.size)
  }

  read(offset: number): Buffer {
    this.#turn = 1 - this.#turn
    this.#pieces[this.#turn] ??= Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, this.sizeBytes))
    const piece = this.#pieces[this.#turn]!
    return piece.subarray(0, readAt(this.#fd, piece, offset))
  }

  /** Fills a buffer from the beginning on. @returns false when the file is too short */
  readInto(buffer: Buffer): boolean {
    for (let done = 0; done < buffer.length; ) {
      const count = readAt(this.#fd, buffer.subarray(done), done)
      if (count === 0) return false
      done += count
    }
    return true
  }

  isUnchanged(): boolean {
    const { size, mtimeNs } = files.fstat(this.#fd)
    return size === this.#before.size && mtimeNs === this.#before.mtimeNs
  }

  [Symbol.dispose](): void {
    files.close(this.#fd)
  }
}

/**
 * Reads a short file as a whole.
 * @param buffer as long as the file is to be
 * @returns false when it is not there, has another length, or changes meanwhile
 */
export function readWhole(path: Bytes, buffer: Buffer): boolean {
  let source: FileSource
  try {
    source = new FileSource(path)
  } catch (error) {
    if (isAnnexError(error, 'CONTENT_MISSING')) return false
    throw error
  }
  using open = source
  return open.sizeBytes === buffer.length && open.readInto(buffer) && open.isUnchanged()
}
