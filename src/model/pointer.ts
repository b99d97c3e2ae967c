/**
 * Pointer files and annex links: how git's tree names an annexed content.
 *
 * Pure. Implements spec: repository layout, section 9. The parser is the only way in for foreign
 * pointer text; anything it does not accept is ordinary content and passes through unchanged.
 */
import type { Bytes } from './bytes.js'
import { escapeKeyFile, formatKey, type Key, parseKeyFile } from './key.js'
import { keyPlaces } from './key-path.js'

/** A file longer than this is never a pointer. */
export const MAX_POINTER_BYTES = 32768
const MARK = '/annex/objects/'
const MARK_BUFFER = Buffer.from(MARK)
/** No link target that git-annex makes is longer; the limit git-annex uses for links in files. */

/** The content of the pointer file for a key. */
export function formatPointer(key: Key): Buffer {
  return Buffer.from(formatPointerText(key), 'latin1')
}

/** The same as a byte string. */
export function formatPointerText(key: Key): Bytes {
  return pointerText(formatKey(key))
}

/** The same for a serialized key. */
export function pointerText(keyText: Bytes): Bytes {
  return `${MARK}${escapeKeyFile(keyText)}\n`
}

/**
 * Reads a pointer file as a key.
 * @param head the first bytes of the file, at most 32 KiB + 1 (one byte more tells "too long")
 * @returns the key, or undefined when this is no pointer; never throws, most files are none
 */
export function parsePointer(head: Uint8Array): Key | undefined {
  if (head.length === 0 || head.length > MAX_POINTER_BYTES) return undefined
  const buffer = Buffer.from(head.buffer, head.byteOffset, head.length)
  const newline = buffer.indexOf(10)
  const lineEnd = newline < 0 ? buffer.length : newline
  const mark = buffer.indexOf(MARK_BUFFER)
  if (mark < 0 || mark + MARK.length > lineEnd) return undefined
  let line: Bytes = buffer.toString('latin1', 0, lineEnd)
  if (line.endsWith('\r')) line = line.slice(0, -1)
  const key = parseLinkTarget(line)
  if (!key || newline < 0) return key
  return restIsPointer(buffer.toString('latin1', newline + 1)) ? key : undefined
}

/** Every further line must mention the annex and end with a newline. */
function restIsPointer(rest: Bytes): boolean {
  if (rest === '') return true
  if (!rest.endsWith('\n')) return false
  return rest
    .slice(0, -1)
    .split('\n')
    .every((line) => line.includes('/annex/'))
}

const LFS_MARK = Buffer.from('version https://git-lfs.github.com/spec/v1\n')
/** By git-lfs's own specification. */
const MAX_LFS_POINTER_BYTES = 1023

/** Whether a whole file is a pointer of git-lfs, which stands for content that is elsewhere. */
export function isLfsPointer(content: Uint8Array): boolean {
  if (content[0] !== LFS_MARK[0] || content.length > MAX_LFS_POINTER_BYTES) return false
  return LFS_MARK.equals(content.subarray(0, LFS_MARK.length))
}

/**
 * Whether the bytes begin like a pointer but are none: something was appended, or a merge wrote
 * conflict markers around it. Such a file must never be taken for content without a word.
 */
export function looksLikeBrokenPointer(head: Uint8Array): boolean {
  const buffer = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024))
  const text = buffer.toString('latin1')
  const start = text.startsWith('<<<<<<< ') ? text.indexOf('\n') + 1 : 0
  return text.startsWith(MARK, start) && parsePointer(head) === undefined
}

/**
 * Reads the target of a symbolic link as a key; hash directories and prefix are ignored, so links
 * made elsewhere resolve.
 */
export function parseLinkTarget(target: Bytes): Key | undefined {
  if (!target.includes(MARK)) return undefined
  return parseKeyFile(target.slice(target.lastIndexOf('/') + 1))
}

/**
 * The canonical target of the annex link for a key.
 * @param path where the link stands, relative to the top of the work tree
 * @param hashDirs `lower` only in repositories tuned with objecthashlower
 */
export function formatLinkTarget(
  key: Key,
  path: Bytes,
  hashDirs: 'mixed' | 'lower' = 'mixed',
): Bytes {
  const places = keyPlaces(key)
  const up = '../'.repeat(path.split('/').length - 1)
  return `${up}.git/annex/objects/${places[hashDirs]}/${places.keyFile}/${places.keyFile}`
}
