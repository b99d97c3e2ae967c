/**
 * Temporary files for content on its way in: `annex/annexe/tmp/HOST-PID-START-N`.
 *
 * The process in the name lets the next command sweep what a killed one has left behind. Our own
 * directory, because git-annex deletes all of `othertmp` whenever it can lock it.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeDirsIn } from '../platform/make-dirs.js'
import { isAbandoned, processTag } from '../platform/process.js'
import { offerAbandonedPartials } from './partial-files.js'

let counter = 0

export class TempFiles {
  readonly dir: Bytes
  readonly #annexDir: Bytes
  #made = false

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.dir = `${annexDir}/annexe/tmp`
    this.#annexDir = annexDir
  }

  /** The path of a new temporary file; the directory exists, the file does not. */
  newPath(): Bytes {
    if (!this.#made) {
      makeDirsIn(parentDir(this.#annexDir), this.dir)
      this.#made = true
    }
    counter++
    return `${this.dir}/${processTag()}-${counter}`
  }

  /**
   * Removes files whose process is gone, and gives back the downloads it was at.
   * @returns how many; none where the repository cannot be written
   */
  sweep(): number {
    let removed = 0
    for (const { name } of files.listDir(this.dir)) {
      if (isAbandoned(this.dir, name) && tryRemove(`${this.dir}/${name}`)) removed++
    }
    offerAbandonedPartials(this.#annexDir)
    return removed
  }
}

function tryRemove(path: Bytes): boolean {
  try {
    return files.remove(path)
  } catch (error) {
    if (isReadOnly(error)) return false
    throw error
  }
}
