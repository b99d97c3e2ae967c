/**
 * The file system in terms of byte paths: the only module that imports `node:fs`.
 *
 * Everything is synchronous: per-object work is faster so (STYLE of the hot path), and a file half
 * written between two awaits cannot happen. Paths are {@link Bytes}; what is not ASCII reaches the
 * kernel as the bytes it is.
 */
import * as fs from 'node:fs'
import { type Bytes, bytesFromBuffer, bytesToPath } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import { naming } from './naming.js'

export type FileStat = fs.BigIntStats

/** Kind of a directory entry. */
export interface DirEntry {
  readonly name: Bytes
  readonly isDirectory: boolean
  readonly isFile: boolean
}

/** Stats without following a link; undefined when nothing is there. Times in ns, sizes in bytes. */
export function lstat(path: Bytes): FileStat | undefined {
  return statWith(() => fs.lstatSync(bytesToPath(path), { bigint: true, throwIfNoEntry: false }))
}

/** Stats of what a link leads to; undefined when nothing is there. */
export function stat(path: Bytes): FileStat | undefined {
  return statWith(() => fs.statSync(bytesToPath(path), { bigint: true, throwIfNoEntry: false }))
}

function statWith(read: () => FileStat | undefined): FileStat | undefined {
  try {
    return read()
  } catch (error) {
    if (isErrno(error, 'ENOTDIR', 'ENOENT')) return undefined
    throw error
  }
}

/** Stats of an open file. */
export function fstat(fd: number): FileStat {
  return fs.fstatSync(fd, { bigint: true })
}

/** Whether something readable by us is there, links followed. */
export function exists(path: Bytes): boolean {
  return fs.existsSync(bytesToPath(path))
}

/** A whole file; undefined when it does not exist. */
export function readFile(path: Bytes): Buffer | undefined {
  try {
    return fs.readFileSync(bytesToPath(path))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/**
 * The first bytes of a file, without following a link in the last component.
 * @param limit most bytes wanted
 * @returns undefined when there is no regular file
 */
export function readHead(path: Bytes, limit: number): Buffer | undefined {
  const flags = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK
  let fd: number
  try {
    fd = fs.openSync(bytesToPath(path), flags)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return undefined
    throw error
  }
  try {
    if (!fs.fstatSync(fd).isFile()) return undefined
    const buffer = Buffer.allocUnsafe(limit)
    return buffer.subarray(0, readFully(fd, buffer))
  } finally {
    fs.closeSync(fd)
  }
}

/** Fills a buffer from the current position; returns the bytes read, fewer only at the end. */
export function readFully(fd: number, buffer: Uint8Array): number {
  let total = 0
  while (total < buffer.length) {
    const count = fs.readSync(fd, buffer, total, buffer.length - total, null)
    if (count === 0) break
    total += count
  }
  return total
}

/** One read at the current position; 0 at the end. Retries when a signal interrupted it. */
export function readSome(
  fd: number,
  buffer: Uint8Array,
  offset = 0,
  length = buffer.length - offset,
): number {
  for (;;) {
    try {
      return fs.readSync(fd, buffer, offset, length, null)
    } catch (error) {
      if (isErrno(error, 'EINTR')) continue
      if (isErrno(error, 'EAGAIN')) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
        continue
      }
      throw error
    }
  }
}

/** Writes the whole buffer at the current position. */
export function writeFully(
  fd: number,
  buffer: Uint8Array,
  offset = 0,
  length = buffer.length - offset,
): void {
  const end = offset + length
  while (offset < end) {
    try {
      offset += fs.writeSync(fd, buffer, offset, end - offset)
    } catch (error) {
      if (isErrno(error, 'EINTR')) continue
      if (isErrno(error, 'EAGAIN')) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
        continue
      }
      throw error
    }
  }
}

/** Opens a file; flags as in `node:fs` (`r`, `wx`, `a`, …). The caller closes it. */
export function open(path: Bytes, flags: string | number, mode = 0o666): number {
  return fs.openSync(bytesToPath(path), flags, mode)
}

/** Closes an open file. */
export function close(fd: number): void {
  fs.closeSync(fd)
}

/** Flushes an open file's data to the disk. */
export function fdatasync(fd: number): void {
  fs.fdatasyncSync(fd)
}

/** Writes a file in place; only for files that nobody reads meanwhile. */
export function writeFile(path: Bytes, content: Uint8Array | string, mode = 0o666): void {
  naming(path, () => fs.writeFileSync(bytesToPath(path), content, { mode }))
}

/** Appends in one write call, so that records of several processes do not interleave. */
export function appendFile(path: Bytes, content: Uint8Array | string): void {
  naming(path, () => fs.appendFileSync(bytesToPath(path), content))
}

/** Replaces a file whole: temp file beside it, then rename. Readers see the old or the new text. */
export function replaceFile(path: Bytes, content: Uint8Array | string, mode = 0o666): void {
  const temp = `${path}.${process.pid}.tmp`
  try {
    writeFile(temp, content, mode)
    rename(temp, path)
  } catch (error) {
    remove(temp)
    throw error
  }
}

/** Makes a directory and its parents; nothing happens when it is there. */
export function makeDirs(path: Bytes): void {
  fs.mkdirSync(bytesToPath(path), { recursive: true })
}

/** Makes one directory. @returns false when something was there already */
export function makeDir(path: Bytes): boolean {
  try {
    fs.mkdirSync(bytesToPath(path))
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

/** Gives a file another name, in place of what had it. */
export function rename(from: Bytes, to: Bytes): void {
  fs.renameSync(bytesToPath(from), bytesToPath(to))
}

/** Makes a second name for a file; fails with EEXIST, EXDEV, EMLINK, EPERM. */
export function hardLink(existing: Bytes, path: Bytes): void {
  fs.linkSync(bytesToPath(existing), bytesToPath(path))
}

/** Makes a symbolic link; fails with EEXIST. */
export function symlink(target: Bytes, path: Bytes): void {
  fs.symlinkSync(bytesToPath(target), bytesToPath(path))
}

/** The target of a symbolic link; undefined when there is none. */
export function readLink(path: Bytes): Bytes | undefined {
  try {
    return bytesFromBuffer(fs.readlinkSync(bytesToPath(path), { encoding: 'buffer' }))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return undefined
    throw error
  }
}

/** Removes a file or link. @returns false when there was none */
export function remove(path: Bytes): boolean {
  try {
    fs.unlinkSync(bytesToPath(path))
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    // A read-only file system says so before it looks.
    if (isErrno(error, 'EROFS') && !lstat(path)) return false
    throw error
  }
}

/** Removes a directory if it is empty. @returns whether it is gone */
export function removeDir(path: Bytes): boolean {
  try {
    fs.rmdirSync(bytesToPath(path))
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY')) return false
    throw error
  }
}

/** Removes a directory with everything in it; nothing happens when it does not exist. */
export function removeTree(path: Bytes): void {
  fs.rmSync(bytesToPath(path), { recursive: true, force: true })
}

/** Permission bits only, such as 0o444. */
export function chmod(path: Bytes, mode: number): void {
  fs.chmodSync(bytesToPath(path), mode)
}

/** Sets access and modification time. @param seconds since 1970, fractions allowed */
export function setMtime(path: Bytes, seconds: number): void {
  fs.utimesSync(bytesToPath(path), seconds, seconds)
}

/** The entries of a directory; empty when it does not exist. Order is the file system's. */
export function listDir(path: Bytes): DirEntry[] {
  let entries: fs.Dirent[]
  try {
    // latin1 gives byte strings at once; with buffers, Bun forgets the types of the entries.
    entries = fs.readdirSync(bytesToPath(path), { encoding: 'latin1', withFileTypes: true })
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
  return entries.map((entry) => ({
    name: entry.name,
    isDirectory: entry.isDirectory(),
    isFile: entry.isFile(),
  }))
}

/** The path with all links resolved; undefined when it does not exist. */
export function realPath(path: Bytes): Bytes | undefined {
  try {
    return bytesFromBuffer(fs.realpathSync.native(bytesToPath(path), { encoding: 'buffer' }))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/** Bytes that an unprivileged user may still write to the file system of a path. */
export function freeBytes(path: Bytes): bigint {
  const { bavail, bsize } = fs.statfsSync(bytesToPath(path), { bigint: true })
  return bavail * bsize
}

/** Tells whether a file may be written, by asking the kernel. */
export function isWritable(path: Bytes): boolean {
  try {
    fs.accessSync(bytesToPath(path), fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}
