/** Replacing a file or link of the work tree by one rename: whoever looks sees the old or the new one. */
import { parentDir } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { moveToFree, replaceExpected } from '../platform/exchange.js'
import * as files from '../platform/files.js'
import { hasOpenWriters } from '../platform/open-writers.js'
import type { TempFiles } from '../store/temp-files.js'
import { isSameContent } from './pointer-file.js'

let counter = 0

/**
 * Replaces what is at a path, unless it changes while the new file is made: that can take seconds.
 * @param path absolute
 * @param temp of the annex: what a killed process has left there is swept
 * @param make makes the new file or link at the path it gets
 * @param before what the caller has found at the path; default: what is there now
 * @returns stat of the new file; undefined when somebody has replaced or changed it already
 * @throws AnnexError FILE_CHANGED; what is there stays
 */
export function replaceBy(
  path: Bytes,
  temp: TempFiles,
  make: (temp: Bytes) => void,
  before: files.FileStat | undefined = files.lstat(path),
): files.FileStat | undefined {
  const tempFile = newTempFile(path, files.stat(parentDir(path))?.dev, temp)
  try {
    make(tempFile)
    const made = files.lstat(tempFile)
    if (!putInPlace(tempFile, path, before)) throw changed(path)
    return statIfSame(path, made)
  } catch (error) {
    files.remove(tempFile)
    throw error
  }
}

/**
 * Moves a new file to where another one was, or nothing, and only if that is still so.
 * @param made absolute; gone afterwards unless the answer is no
 * @param before what was at the path
 * @returns false when there is something else, or somebody has it open for writing: that stays
 */
export function putInPlace(made: Bytes, path: Bytes, before: files.FileStat | undefined): boolean {
  if (before === undefined) return moveToFree(made, path)
  if (!isSameContent(before, files.lstat(path))) return false
  // What will be written to a file that has lost its name is lost. It is looked at under the name of
  // the new one, when nobody can open it by its own any longer.
  return replaceExpected(
    made,
    path,
    (found) => isSameContent(before, found) && !(before.isFile() && hasOpenWriters(made)),
  )
}

/**
 * Stat of a file that is what it was: git may take that for unmodified.
 * @param before what it was; it may have been renamed since
 */
export function statIfSame(
  path: Bytes,
  before: files.FileStat | undefined,
): files.FileStat | undefined {
  const now = files.lstat(path)
  return before !== undefined && isSameContent(before, now) ? now : undefined
}

function changed(path: Bytes): AnnexError {
  return new AnnexError('FILE_CHANGED', `${bytesToText(path)} was changed meanwhile`, {
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
