/** Looking at a work tree file before it is replaced: is it the pointer we think, is it still? */
import { type Bytes, bytesFromBuffer } from '../model/bytes.js'
import { formatKey } from '../model/key.js'
import { MAX_POINTER_BYTES, parsePointer } from '../model/pointer.js'
import * as files from '../platform/files.js'

/** How far back new files are dated: git takes a file not older than the index for racy. */
const AGE_SECONDS = 2

/** Keys that stand in a pointer as they are. */
const PLAIN_KEY = /^[\w.-]+$/

/** Whether the bytes are a pointer file of a key. @param keyText a serialized key */
export function isPointerText(content: Uint8Array, keyText: Bytes): boolean {
  // Nearly every one is as we would write it.
  const usual = `/annex/objects/${keyText}\n`
  if (content.length === usual.length && PLAIN_KEY.test(keyText))
    if (bytesFromBuffer(content) === usual) return true
  const key = parsePointer(content)
  return key !== undefined && formatKey(key) === keyText
}

/**
 * Whether a file is the pointer file of a key.
 * @param path absolute
 * @param stat `lstat` of it
 */
export function isPointerOf(path: Bytes, stat: files.FileStat, keyText: Bytes): boolean {
  if (stat.size === 0n || stat.size > MAX_POINTER_BYTES) return false
  const head = files.readHead(path, Number(stat.size) + 1)
  return head !== undefined && isPointerText(head, keyText)
}

/** Whether a file has not been touched between two looks at it. */
export function isSameFile(before: files.FileStat, now: files.FileStat | undefined): boolean {
  return isSameContent(before, now) && now?.ctimeNs === before.ctimeNs
}

/** The same, but the file may have been renamed. */
export function isSameContent(before: files.FileStat, now: files.FileStat | undefined): boolean {
  return (
    now !== undefined &&
    now.ino === before.ino &&
    now.dev === before.dev &&
    now.size === before.size &&
    now.mtimeNs === before.mtimeNs
  )
}

/** Gives a file the mtime of another one, or an earlier one that an index written now will trust. */
export function dateAs(path: Bytes, { mtimeNs }: files.FileStat): void {
  files.setMtime(path, Math.min(Number(mtimeNs / 1000n) / 1e6, youngestMtime()))
}

/** Whether an index written now would have to take the file for racy. */
export function isTooYoung({ mtimeNs }: files.FileStat): boolean {
  return Number(mtimeNs) / 1e9 > youngestMtime()
}

/** The mtime for a new file, in seconds, at which an index written now will trust it. */
export function youngestMtime(): number {
  return Date.now() / 1000 - AGE_SECONDS
}
