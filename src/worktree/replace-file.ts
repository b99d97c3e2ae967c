/** Replacing a file or link of the work tree by one rename: whoever looks sees the old or the new one. */
import { parentDir } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { TempFiles } from '../store/temp-files.js'
import { isSameContent } from './pointer-file.js'

let counter = 0

/**
 * Replaces what is at a path, unless it changes while the new file is made: that can take seconds.
 * @param path absolute
 * @param temp of the annex: what a killed process has left there is swept
 * @param make makes the new file or link at the path it gets
 * @param before what the caller has found at the path; default: what is there now
 * @throws AnnexError FILE_CHANGED; what is there stays
 */
export function replaceBy(
  path: Bytes,
  temp: TempFiles,
  make: (temp: Bytes) => void,
  before: files.FileStat | undefined = files.lstat(path),
): void {
  const tempFile = newTempFile(path, files.stat(parentDir(path))?.dev, temp)
  try {
    make(tempFile)
    refuseChanged(path, before)
    files.rename(tempFile, path)
  } catch (error) {
    files.remove(tempFile)
    throw error
  }
}

/** Its other names and its mode may change: they are kept by nobody. */
function refuseChanged(path: Bytes, before: files.FileStat | undefined): void {
  const now = files.lstat(path)
  if (before === undefined ? now === undefined : isSameContent(before, now)) return
  throw new AnnexError('FILE_CHANGED', `${bytesToText(path)} was changed meanwhile`, {
    hint: 'Try again when nothing writes to it any more',
  })
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
