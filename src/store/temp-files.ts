/**
 * Temporary files for content on its way in: `annex/annexe/tmp/HOST-PID-RANDOM-N`.
 *
 * The process in the name lets the next command sweep what a killed one has left behind. Our own
 * directory, because git-annex deletes all of `othertmp` whenever it can lock it.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeDirsIn } from '../platform/make-dirs.js'
import { ownerOf, processTag } from '../platform/process.js'

/** What another host has left is nobody's after this time; nothing is written to for so long. */
const ABANDONED_MS = 24 * 60 * 60_000
const NS_PER_MS = 1_000_000n

let counter = 0

export class TempFiles {
  readonly dir: Bytes
  readonly #repositoryDir: Bytes
  #made = false

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.dir = `${annexDir}/annexe/tmp`
    this.#repositoryDir = parentDir(annexDir)
  }

  /** The path of a new temporary file; the directory exists, the file does not. */
  newPath(): Bytes {
    if (!this.#made) {
      makeDirsIn(this.#repositoryDir, this.dir)
      this.#made = true
    }
    counter++
    return `${this.dir}/${processTag()}-${counter}`
  }

  /**
   * Removes files whose process is gone.
   * @returns how many; none where the repository cannot be written
   */
  sweep(): number {
    let removed = 0
    for (const { name } of files.listDir(this.dir)) {
      const path = `${this.dir}/${name}`
      if (isAbandoned(name, path) && tryRemove(path)) removed++
    }
    return removed
  }
}

function isAbandoned(name: Bytes, path: Bytes): boolean {
  const owner = ownerOf(name)
  if (owner !== 'unknown') return owner === 'gone'
  const stat = files.lstat(path)
  return stat !== undefined && Number(stat.mtimeNs / NS_PER_MS) < Date.now() - ABANDONED_MS
}

function tryRemove(path: Bytes): boolean {
  try {
    return files.remove(path)
  } catch (error) {
    if (isReadOnly(error)) return false
    throw error
  }
}
