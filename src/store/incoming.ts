/**
 * Content that comes in pieces from another repository: appended to a file that may hold its
 * beginning already, and hashed on the way, so that it need not be read once more.
 * Implements spec: transfer, section 6.
 */
import { verifyDigest } from '../backends/hash-key.js'
import type { Hasher } from '../backends/hasher.js'
import { backendOfKey } from '../backends/registry.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type Key, parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { diskError } from './disk-error.js'
import { type ContentHasher, startHashing } from './long-hasher.js'
import { verifyContent } from './verify.js'

const BUFFER_BYTES = 1 << 18

export interface IncomingOptions {
  /** Goes on behind what the file holds; otherwise what it holds is thrown away. */
  readonly resumes: boolean
  /** False: the user takes the sender's word for it; only the length is compared. */
  readonly checkHash: boolean
}

export class IncomingContent {
  readonly #keyText: Bytes
  readonly #key: Key
  readonly #path: Bytes
  readonly #checkHash: boolean
  #doneBytes: number
  #hasher: ContentHasher | undefined
  #fd: number | undefined

  /**
   * Nothing is opened before the first byte comes.
   * @param keyText verification must be prepared for it
   * @param path absolute
   */
  constructor(keyText: Bytes, path: Bytes, { resumes, checkHash }: IncomingOptions) {
    const key = parseKey(keyText)
    if (!key) throw new AnnexError('KEY_INVALID', `Not a key: "${keyText}"`)
    this.#keyText = keyText
    this.#key = key
    this.#path = path
    this.#checkHash = checkHash
    const earlierBytes = Number(files.stat(path)?.size ?? 0n)
    const { sizeBytes = BigInt(Number.MAX_SAFE_INTEGER) } = key
    this.#doneBytes = resumes && BigInt(earlierBytes) <= sizeBytes ? earlierBytes : 0
    if (earlierBytes !== this.#doneBytes) files.remove(path)
  }

  /** How much of the content is in the file. */
  get doneBytes(): number {
    return this.#doneBytes
  }

  /** How much is still to come, when the key says how long the content is. */
  get missingBytes(): number | undefined {
    const { sizeBytes } = this.#key
    return sizeBytes === undefined ? undefined : Number(sizeBytes) - this.#doneBytes
  }

  /** Lends the place from where the next bytes are not copied; undefined: they may come from anywhere. */
  nextBuffer(): Buffer | undefined {
    this.#open()
    return this.#hasher?.nextBuffer?.()
  }

  /** Appends bytes. @throws AnnexError DISK_FULL, CONTENT_MISMATCH when they are too many */
  write(chunk: Uint8Array): void {
    if (this.missingBytes !== undefined && chunk.length > this.missingBytes)
      throw this.#mismatch('more bytes came than its key says')
    this.#open()
    this.#hasher?.update(chunk)
    try {
      files.writeFully(this.#fd!, chunk)
    } catch (error) {
      throw diskError(error, this.#keyText)
    }
    this.#doneBytes += chunk.length
  }

  #open(): void {
    if (this.#fd !== undefined) return
    this.#fd = files.open(this.#path, 'a')
    const backend = backendOfKey(this.#key.backend)
    if (!this.#checkHash || !backend?.digest) return
    this.#hasher = startHashing(backend, this.missingBytes)
    if (this.#doneBytes > 0) this.#hashBeginning(this.#hasher)
  }

  #hashBeginning(hasher: Hasher): void {
    const fd = files.open(this.#path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
      for (let left = this.#doneBytes; left > 0; ) {
        const count = files.readSome(fd, buffer, 0, Math.min(left, buffer.length))
        if (count === 0) throw new Error('A partial download was cut short while it was read')
        hasher.update(buffer.subarray(0, count))
        left -= count
      }
    } finally {
      files.close(fd)
    }
  }

  /**
   * Ends the content and checks it.
   * @param mustVerify also when the user takes the sender's word for it: the sender does not vouch
   * @returns whether the backend could tell that it is right
   * @throws AnnexError CONTENT_MISMATCH; the file is gone then
   */
  finish({ mustVerify = false }: { readonly mustVerify?: boolean } = {}): boolean {
    this.#open()
    this.#closeFile()
    try {
      if (this.missingBytes !== undefined && this.missingBytes !== 0)
        throw this.#mismatch(`${this.missingBytes} bytes are missing`)
      if (this.#hasher) {
        if (verifyDigest(this.#key, this.#hasher.digestHex())) return true
        throw this.#mismatch('the bytes do not match its key')
      }
      return this.#checkHash || mustVerify ? verifyContent(this.#keyText, this.#path) : false
    } catch (error) {
      files.remove(this.#path)
      throw error
    } finally {
      this.close()
    }
  }

  #mismatch(reason: string): AnnexError {
    return new AnnexError(
      'CONTENT_MISMATCH',
      `Verification of content failed: ${this.#keyText}: ${reason}`,
    )
  }

  /** Stops here. What has come stays in the file. */
  close(): void {
    this.#closeFile()
    this.#hasher?.[Symbol.dispose]()
    this.#hasher = undefined
  }

  #closeFile(): void {
    if (this.#fd === undefined) return
    files.close(this.#fd)
    this.#fd = undefined
  }
}
