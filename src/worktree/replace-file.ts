/** Replacing a file or link of the work tree by one rename: whoever looks sees the old or the new one. */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { TempFiles } from '../store/temp-files.js'

let counter = 0

/**
 * Replaces what is at a path.
 * @param path absolute
 * @param temp of the annex: what a killed process has left there is swept
 * @param make makes the new file or link at the path it gets
 */
export function replaceBy(path: Bytes, temp: TempFiles, make: (temp: Bytes) => void): void {
  const tempFile = newTempFile(path, files.stat(parentDir(path))?.dev, temp)
  try {
    make(tempFile)
    files.rename(tempFile, path)
  } catch (error) {
    files.remove(tempFile)
    throw error
  }
}

/**
 * A path for a file that is to be renamed to another: in the annex's own directory, unless a rename
 * from there would have to copy.
 * @param path absolute; what is to be replaced
 * @param dev of the file system that it is on
 */
export function newTempFile(path: Bytes, dev: bigint | undefined, temp: TempFiles): Bytes {
  const usual = temp.newPath()
  if (files.stat(temp.dir)?.dev === dev) return usual
  counter++
  return `${parentDir(path)}/.annexe-${process.pid}-${counter}.tmp`
}
