/**
 * The quick way to populate a small file: its content is written over the pointer.
 *
 * A rename would cost an inode made and one freed for each of thousands of files (see
 * platform/overwrite.ts). The pointer can be had back from git, and git's own checkout writes files
 * no less openly; a file that is hard-linked, read-only or not small takes the other way.
 */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import { MAX_POINTER_BYTES } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { openToChange, overwrite, setOpenMtime } from '../platform/overwrite.js'
import { type OpenStat, quickStat } from '../platform/quick-stat.js'
import { diskError } from '../store/disk-error.js'
import { isPointerText, isSameFile, youngestMtime } from './pointer-file.js'

/** Few enough to be written by one system call in a few microseconds. */
const MAX_BYTES = 1 << 16
/** No page is smaller, and no edit of a user's likely to end at a multiple of it. */
const SECTOR_BYTES = 512
/** On a disk fuller than this the other way is safer: it needs the space before it changes a file. */
const MIN_FREE_BYTES = 1n << 20n

/** A pointer file and its content. */
export interface InPlace {
  /** Absolute path. */
  readonly path: Bytes
  readonly keyText: Bytes
  readonly objectFile: Bytes
  /** `lstat` of the file and of the object. */
  readonly before: files.FileStat
  readonly object: files.FileStat
}

/** Whether a file can be populated so. */
export function canPopulateInPlace({ path, before, object }: InPlace): boolean {
  const file = {
    isFile: before.isFile(),
    sizeBytes: Number(before.size),
    mode: Number(before.mode),
    links: Number(before.nlink),
  }
  return object.size <= MAX_BYTES && canOverwrite(file) && hasRoom(path)
}

function canOverwrite({ isFile, sizeBytes, mode, links }: OpenStat): boolean {
  return isFile && links === 1 && sizeBytes <= MAX_POINTER_BYTES && (mode & 0o200) !== 0
}

/** The directory that was found to have plenty of room, and until when nothing can use that up. */
let roomy = { dir: '', untilMs: 0 }
const PLENTY_BYTES = 1n << 30n
const ROOM_LASTS_MS = 50

function hasRoom(path: Bytes): boolean {
  const dir = path.slice(0, path.lastIndexOf('/'))
  const nowMs = performance.now()
  if (roomy.dir === dir && nowMs < roomy.untilMs) return true
  const freeBytes = files.freeBytes(path)
  if (freeBytes > PLENTY_BYTES) roomy = { dir, untilMs: nowMs + ROOM_LASTS_MS }
  return freeBytes > MIN_FREE_BYTES
}

/**
 * Writes content that is in memory over its pointer; whether that can be done is asked of the open
 * file.
 * @param content not empty
 * @returns as {@link populateInPlace}; `refused` also for what must go another way
 * @throws as there
 */
export function populateFromMemory(
  { path, keyText }: Pick<InPlace, 'path' | 'keyText'>,
  content: Uint8Array,
): files.FileStat | 'kept' | 'refused' {
  if (content.length > MAX_BYTES || !hasRoom(path)) return 'refused'
  const fd = openAgain(path)
  if (fd === undefined) return 'refused'
  try {
    const file = quickStat(fd)
    if (!canOverwrite(file)) return 'refused'
    return overwritePointer(fd, { sizeBytes: file.sizeBytes, keyText }, content)
  } catch (error) {
    throw diskError(error, keyText)
  } finally {
    files.close(fd)
  }
}

/**
 * Writes the content over the pointer.
 * @returns stat of the file; `kept` when it is no pointer of that key (any more); `refused` when we
 *   may not write to it
 * @throws AnnexError DISK_FULL; errors of the file system; the file holds the pointer then
 */
export function populateInPlace(place: InPlace): files.FileStat | 'kept' | 'refused' {
  const content = files.readFile(place.objectFile)
  const fd = openAgain(place.path)
  if (fd === undefined) return 'refused'
  try {
    if (!content || !isSameFile(place.before, files.fstat(fd))) return 'kept'
    const sizeBytes = Number(place.before.size)
    return overwritePointer(fd, { sizeBytes, keyText: place.keyText }, content)
  } catch (error) {
    throw diskError(error, place.keyText)
  } finally {
    files.close(fd)
  }
}

/** A pointer file that is open. */
interface OpenPointer {
  readonly sizeBytes: number
  readonly keyText: Bytes
}

/** @returns `kept` when the file is not the pointer */
function overwritePointer(
  fd: number,
  file: OpenPointer,
  content: Uint8Array,
): files.FileStat | 'kept' {
  const pointer = readPointer(fd, file)
  if (!pointer) return 'kept'
  overwrite(fd, content, pointer)
  setOpenMtime(fd, youngestMtime())
  const stat = files.fstat(fd)
  // Another size: somebody has written to it in this very moment, and git must see that.
  return stat.size === BigInt(content.length) ? stat : 'kept'
}

/**
 * Repairs a file whose overwriting was cut short by a kill: the beginning of the content with the
 * rest of the pointer behind it. Content that a user has changed since is left alone.
 * @returns stat of the file, which has the content now; undefined when it is nothing of this kind
 */
export function repairInPlace(
  { path, objectFile }: InPlace,
  pointer: Buffer,
): files.FileStat | undefined {
  const content = files.readFile(objectFile)
  const found = files.readHead(path, Math.max(content?.length ?? 0, pointer.length) + 1)
  if (!content || !found || !isMixture(found, content, pointer)) return undefined
  const fd = openAgain(path)
  if (fd === undefined) return undefined
  try {
    overwrite(fd, content, found)
    setOpenMtime(fd, youngestMtime())
    return files.fstat(fd)
  } finally {
    files.close(fd)
  }
}

/**
 * Whether bytes are what overwriting a pointer by content can leave half-way: whole pages are written
 * at once, and the end of a longer pointer goes last.
 */
function isMixture(found: Buffer, content: Buffer, pointer: Buffer): boolean {
  let done = 0
  while (done < found.length && found[done] === content[done]) done++
  if (done === 0 || (done % SECTOR_BYTES !== 0 && done !== content.length)) return false
  return (
    found.length === Math.max(done, pointer.length) &&
    found.subarray(done).equals(pointer.subarray(done, found.length))
  )
}

function openAgain(path: Bytes): number | undefined {
  try {
    return openToChange(path)
  } catch (error) {
    const refusals = ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENXIO', 'ETXTBSY']
    if (isErrno(error, ...refusals)) return undefined
    throw error
  }
}

/** The whole file if it is the pointer. */
function readPointer(fd: number, { sizeBytes, keyText }: OpenPointer): Buffer | undefined {
  const pointer = Buffer.allocUnsafe(sizeBytes)
  const isWhole = files.readFully(fd, pointer) === pointer.length
  return isWhole && isPointerText(pointer, keyText) ? pointer : undefined
}
