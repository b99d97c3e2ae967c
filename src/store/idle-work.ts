/**
 * What a store need not do while somebody waits for it: freezing the directory of the object that has
 * just come, and making the temporary file for the next one. A filter does that after its answer,
 * while git is at work (25 µs an object).
 *
 * When we are killed before, a directory keeps its write bits, which protect from slips only, and the
 * temporary file waits for the next sweep.
 */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
import { freezeDir } from './permissions.js'
import type { StoreSettings } from './settings.js'
import type { TempFiles } from './temp-files.js'

/**
 * For fewer nothing is gained that anybody notices, and when git and we are killed between its last
 * word and ours, the file would stay until the next command of ours.
 */
const FEW_OBJECTS = 100

/** A new and empty file that is open for writing. */
export interface OpenTemp {
  readonly path: Bytes
  readonly fd: number
}

/** Makes a temporary file, which the caller closes. @param mode permission bits */
export function openTemp(temp: TempFiles, mode: number): OpenTemp {
  const path = temp.newPath()
  return { path, fd: files.open(path, 'wx', mode) }
}

/** One store's work for idle moments. */
export class IdleWork {
  readonly #temp: TempFiles
  readonly #settings: StoreSettings
  #dirs: Bytes[] = []
  #next: OpenTemp | undefined
  /** The permission bits of the last object; the next one will have the same. */
  #mode = 0
  #nextMode = 0
  #opened = 0

  constructor(temp: TempFiles, settings: StoreSettings) {
    this.#temp = temp
    this.#settings = settings
  }

  /** Notes the directory of an object that has come, to be frozen. @param dir absolute path */
  freezeLater(dir: Bytes): void {
    this.#dirs.push(dir)
  }

  /** A temporary file with these permission bits, made beforehand if they are the usual ones. */
  openTemp(mode: number): OpenTemp {
    this.#mode = mode
    this.#opened++
    const ready = this.#nextMode === mode ? this.#next : undefined
    if (ready) this.#next = undefined
    return ready ?? openTemp(this.#temp, mode)
  }

  /** Does what has come up; nothing when no object has come. */
  catchUp(): void {
    if (this.#dirs.length === 0) return
    this.#freezeAll()
    if (this.#opened >= FEW_OBJECTS) this.#prepareNext()
  }

  /** Does what must be done, when no more objects come. */
  finish(): void {
    this.#freezeAll()
    this.#discard()
  }

  #prepareNext(): void {
    if (this.#next && this.#nextMode === this.#mode) return
    this.#discard()
    this.#nextMode = this.#mode
    try {
      this.#next = openTemp(this.#temp, this.#mode)
    } catch {
      // Nobody waits for this file: whoever needs one will see and say what is wrong.
    }
  }

  #freezeAll(): void {
    for (const dir of this.#dirs.splice(0)) {
      try {
        freezeDir(dir, this.#settings)
      } catch (error) {
        // Somebody has dropped the object since.
        if (!isErrno(error, 'ENOENT')) throw error
      }
    }
  }

  #discard(): void {
    if (!this.#next) return
    files.close(this.#next.fd)
    files.remove(this.#next.path)
    this.#next = undefined
  }
}
