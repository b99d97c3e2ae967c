/**
 * Taking in content of any size: written to a temporary file while the caller hashes it, renamed into
 * place once its key is known.
 */
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { diskError } from './disk-error.js'
import type { TempFiles } from './temp-files.js'

/** Where ingested content ends: the object store. */
export interface IngestTarget {
  readonly temp: TempFiles
  moveIn(keyText: Bytes, source: Bytes): void
}

export class Ingest {
  readonly #store: IngestTarget
  readonly #path: Bytes
  #fd: number | undefined

  /** Use `ObjectStore.startIngest`. */
  constructor(store: IngestTarget) {
    this.#store = store
    this.#path = store.temp.newPath()
    this.#fd = files.open(this.#path, 'wx', 0o644)
  }

  /** Appends bytes. @throws AnnexError DISK_FULL; the caller then aborts */
  write(buffer: Uint8Array, offset = 0, length = buffer.length - offset): void {
    try {
      files.writeFully(this.#fd!, buffer, offset, length)
    } catch (error) {
      throw diskError(error, 'the content')
    }
  }

  /**
   * Puts the content in place as a key's object; when that is here already, only the temporary file
   * goes.
   * @param keyText serialized key, which the caller has made from these very bytes
   * @param mode permission bits of the source; its execute bits are kept
   */
  commit(keyText: Bytes, mode = 0o644): void {
    this.#close()
    try {
      if ((mode & 0o777) !== 0o644) files.chmod(this.#path, mode & 0o777)
      this.#store.moveIn(keyText, this.#path)
    } catch (error) {
      files.remove(this.#path)
      throw error
    }
  }

  /** Ends the writing. @returns the path of the temporary file, for a look before the commit */
  seal(): Bytes {
    this.#close()
    return this.#path
  }

  /** Gives the content to the caller as a file of its own instead; the caller removes it. */
  release(): Bytes {
    this.#close()
    return this.#path
  }

  /** Throws the content away. */
  abort(): void {
    this.#close()
    files.remove(this.#path)
  }

  #close(): void {
    if (this.#fd === undefined) return
    files.close(this.#fd)
    this.#fd = undefined
  }
}
