/** Replacing a file by another one, and only that file. */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import * as files from './files.js'
import { libcFunctions } from './libc.js'

const AT_FDCWD = -100
const RENAME_NOREPLACE = 1
const RENAME_EXCHANGE = 2

interface Libc {
  renameat2(fromDir: number, from: Uint8Array, toDir: number, to: Uint8Array, flags: number): number
}

/** Glibc has it since 2.28. */
const libc = libcFunctions<Libc>({
  renameat2: { args: ['i32', 'ptr', 'i32', 'ptr', 'u32'], returns: 'i32' },
})

/**
 * Puts a file in the place of another one: whoever looks sees the old or the new one. The two change
 * places where the system can do that, so that what was there is looked at once more when nobody can
 * open it by its name any longer, and goes back when it is not what was to be replaced. (A rename
 * would also make ext4 write out the new one at once: a third of a second for 1 GiB.)
 * @param from absolute; on the same file system, gone afterwards
 * @param to absolute; exists
 * @param isExpected whether this is what was to be replaced; `lstat` of it
 * @returns false when it was not: then all is as it was, but for `from`
 */
export function replaceExpected(
  from: Bytes,
  to: Bytes,
  isExpected: (found: files.FileStat | undefined) => boolean,
): boolean {
  const made = files.lstat(from)
  if (!exchange(from, to)) {
    files.rename(from, to)
    return true
  }
  const isReplaced = isExpected(files.lstat(from))
  if (!isReplaced) {
    exchange(from, to)
    // Somebody has put yet another one there: then that is what belongs there.
    if (files.lstat(from)?.ino !== made?.ino) exchange(from, to)
  }
  files.remove(from)
  return isReplaced
}

/**
 * Moves a file to where nothing is.
 * @param from absolute; on the same file system
 * @returns false when something is there: then all is as it was
 */
export function moveToFree(from: Bytes, to: Bytes): boolean {
  if (renameAs(from, to, RENAME_NOREPLACE)) return true
  if (files.lstat(to) !== undefined) return false
  files.rename(from, to)
  return true
}

function exchange(from: Bytes, to: Bytes): boolean {
  return renameAs(from, to, RENAME_EXCHANGE)
}

/** @returns false also when the file system, the C library or the runtime cannot */
function renameAs(from: Bytes, to: Bytes, flags: number): boolean {
  const [a, b] = [bytesToBuffer(`${from}\0`), bytesToBuffer(`${to}\0`)]
  return libc()?.renameat2(AT_FDCWD, a, AT_FDCWD, b, flags) === 0
}
