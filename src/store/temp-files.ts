/**
 * Temporary files for content on its way in: `annex/annexe/tmp/PID-N`.
 *
 * The process id in the name lets the next command sweep what a killed process left behind. Our own
 * directory, because git-annex deletes all of `othertmp` whenever it can lock it.
 */
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { isProcessAlive } from '../platform/process.js'

let counter = 0

export class TempFiles {
  readonly dir: Bytes
  #made = false

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.dir = `${annexDir}/annexe/tmp`
  }

  /** The path of a new temporary file; the directory exists, the file does not. */
  newPath(): Bytes {
    if (!this.#made) {
      files.makeDirs(this.dir)
      this.#made = true
    }
    counter++
    return `${this.dir}/${process.pid}-${counter}`
  }

  /** Removes files whose process is gone. @returns how many */
  sweep(): number {
    let removed = 0
    for (const { name } of files.listDir(this.dir)) {
      const pid = Number.parseInt(name, 10)
      if (pid > 0 && pid !== process.pid && isProcessAlive(pid)) continue
      if (pid !== process.pid && files.remove(`${this.dir}/${name}`)) removed++
    }
    return removed
  }
}
