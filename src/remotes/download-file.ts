/**
 * A file that a download is written to: it may hold the beginning from an earlier attempt. Content is
 * hashed on the way, and never grows beyond what is expected.
 */
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { ContentHasher } from '../store/long-hasher.js'

const BUFFER_BYTES = 1 << 20

export interface DownloadFileOptions {
  /** Starts to hash the content, from its first byte; asked when the content begins. */
  readonly startHashing?: (() => ContentHasher | undefined) | undefined
  /** The size of the content, where it is known. */
  readonly sizeBytes?: number | undefined
}

export class DownloadFile implements Disposable {
  readonly path: Bytes
  readonly #options: DownloadFileOptions
  #fd: number | undefined
  #hasher: ContentHasher | undefined
  #doneBytes = 0

  /** @param path absolute; nothing is opened yet */
  constructor(path: Bytes, options: DownloadFileOptions = {}) {
    this.path = path
    this.#options = options
  }

  /** How much of the content is there. */
  get doneBytes(): number {
    return this.#doneBytes
  }

  get sizeBytes(): number | undefined {
    return this.#options.sizeBytes
  }

  /** How much an earlier attempt has left; more than there should be counts as nothing. */
  earlierBytes(): number {
    const size = Number(files.stat(this.path)?.size ?? 0n)
    return size <= (this.sizeBytes ?? Number.MAX_SAFE_INTEGER) ? size : 0
  }

  /** Begins to write, behind what is there or from the start. */
  begin(from: 'start' | 'end'): void {
    this[Symbol.dispose]()
    this.#hasher = this.#options.startHashing?.()
    this.#doneBytes = 0
    if (from === 'end') this.#readEarlier()
    this.#fd = files.open(this.path, from === 'end' ? 'a' : 'w')
  }

  #readEarlier(): void {
    const fd = files.open(this.path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
      for (let count = files.readSome(fd, buffer); count > 0; count = files.readSome(fd, buffer)) {
        this.#hasher?.update(buffer.subarray(0, count))
        this.#doneBytes += count
      }
    } finally {
      files.close(fd)
    }
  }

  /** @throws AnnexError CONTENT_MISMATCH when it becomes more than was expected; errors of the disk */
  write(chunk: Uint8Array): void {
    this.refuseMore(this.#doneBytes + chunk.length)
    files.writeFully(this.#fd!, chunk)
    this.#hasher?.update(chunk)
    this.#doneBytes += chunk.length
  }

  /** @throws AnnexError CONTENT_MISMATCH when so many bytes are more than was expected */
  refuseMore(bytes: number): void {
    if (this.sizeBytes === undefined || bytes <= this.sizeBytes) return
    throw new AnnexError(
      'CONTENT_MISMATCH',
      `it is longer than the ${this.sizeBytes} bytes of the content`,
    )
  }

  /** The digest of the content, if it was hashed. Ends the hashing. */
  digestHex(): string | undefined {
    return this.#hasher?.digestHex()
  }

  /** Everything is written. */
  close(): void {
    if (this.#fd !== undefined) files.close(this.#fd)
    this.#fd = undefined
  }

  [Symbol.dispose](): void {
    this.close()
    this.#hasher?.[Symbol.dispose]()
    this.#hasher = undefined
  }
}
