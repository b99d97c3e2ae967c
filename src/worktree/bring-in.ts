/**
 * Bringing a file from elsewhere into the work tree: under a second name where the file system can, so
 * that nothing is copied and the first name stays until the content is safe; else as a copy.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { TempFiles } from '../store/temp-files.js'
import { isSameContent } from './pointer-file.js'
import { replaceBy } from './replace-file.js'

const PERMISSIONS = 0o777n

/** A file from elsewhere. */
export interface Outsider {
  /** Absolute. */
  readonly source: Bytes
  /** As it was when it was looked at first. */
  readonly before: files.FileStat
}

/**
 * Makes a file of the work tree of it, in place of what is there.
 * @param path absolute; its directory exists
 * @param options mayShare: the file may be the same one under a second name
 * @returns how many names the new file has
 */
export function bringIn(
  { source, before }: Outsider,
  path: Bytes,
  { temp, mayShare }: { temp: TempFiles; mayShare: boolean },
): bigint {
  let names = 1n
  replaceBy(path, temp, (tempFile) => {
    if (mayShare && before.nlink === 1n && tryLink(source, tempFile)) {
      names = 2n
      return
    }
    copyFile(source, tempFile)
    files.chmod(tempFile, Number(before.mode & PERMISSIONS))
    files.setMtime(tempFile, Number(before.mtimeNs / 1000n) / 1e6)
  })
  return names
}

function tryLink(source: Bytes, path: Bytes): boolean {
  try {
    files.hardLink(source, path)
    return true
  } catch (error) {
    if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EACCES')) throw error
    return false
  }
}

/**
 * Removes a file whose content is safe elsewhere.
 * @throws AnnexError FILE_CHANGED when it is not what it was: then it stays
 */
export function removeOutsider({ source, before }: Outsider): void {
  if (!isSameContent(before, files.lstat(source)))
    throw new AnnexError(
      'FILE_CHANGED',
      `${bytesToText(source)} was changed while it was being imported, and stays where it is`,
    )
  files.remove(source)
}
