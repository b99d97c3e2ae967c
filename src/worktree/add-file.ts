/**
 * Taking a work tree file into the annex: read once, hashed and stored on the way, and refused when it
 * changed meanwhile. What git is to hold for it is returned, not staged: see `stage-added.ts`.
 * Implements spec: repository layout, sections 5 and 9; CLI, section 11.1 (add).
 */
import { type Backend, needsPreparing, newHasher, prepareHasher } from '../backends/registry.js'
import { join, type Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorHint, failureReason, isErrno } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatLinkTarget } from '../model/pointer.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import { type KnownStat, keepStat } from '../platform/kept-stat.js'
import { limitMemory } from '../platform/memory.js'
import { hasOpenWriters } from '../platform/open-writers.js'
import { diskError } from '../store/disk-error.js'
import { mendObject } from '../store/mend-object.js'
import type { ObjectStore } from '../store/object-store.js'
import { outlastTick } from './clock-tick.js'
import type { KeyMaker } from './new-key.js'
import { replaceBy } from './replace-file.js'

const SECOND_NS = 1_000_000_000n
/** Files up to this size are read whole: fewer system calls. */
const WHOLE_BYTES = 1 << 20

export interface AddTools {
  readonly repository: Repository
  readonly store: ObjectStore
  readonly keyMaker: KeyMaker
  readonly onProgress: (doneBytes: number) => void
  /** How many names of the file are ours, so that nobody else has one; default 1. */
  readonly ownNames?: bigint
}

/** A file that is in the annex now: git is to hold the pointer, or the link, for its key. */
export interface AddedFile {
  readonly path: Bytes
  readonly keyText: Bytes
  readonly mode: number
  /** The work tree file after everything. */
  readonly stat: KnownStat
}

/**
 * Adds a regular file.
 * @param path relative to the top of the work tree
 * @param isLocked replaces the file by a link to the object; otherwise it stays as it is
 * @param before the file as the caller has seen it just now
 * @throws AnnexError FILE_CHANGED, FILE_UNREADABLE, DISK_FULL, BACKEND_CANNOT_GENERATE
 */
export async function addFile(
  path: Bytes,
  { isLocked, before: seen }: { readonly isLocked: boolean; readonly before?: files.FileStat },
  tools: AddTools,
): Promise<AddedFile> {
  limitMemory()
  const file = join(tools.repository.workTree!, path)
  const before = seen ?? files.lstat(file)
  if (!before?.isFile()) throw changed(path)
  const backend = tools.keyMaker.backendFor(path, undefined)
  if (needsPreparing(backend)) await prepareHasher(backend)
  const source = { path, file, before, backend }
  const { keyText, stat } = isLocked ? lockIn(source, tools) : copyIn(source, tools)
  const isExecutable = (before.mode & 0o111n) !== 0n
  return {
    path,
    keyText,
    mode: isLocked ? 0o120000 : isExecutable ? 0o100755 : 0o100644,
    stat: keepStat(stat),
  }
}

/** The file on its way in. */
interface Source {
  readonly path: Bytes
  /** Absolute. */
  readonly file: Bytes
  readonly before: files.FileStat
  readonly backend: Backend
}

/** A serialized key, and the stat with which the work tree has its content. */
interface Taken {
  readonly keyText: Bytes
  readonly stat: files.FileStat
}

/** Stores a copy; the file itself is not touched. */
function copyIn(source: Source, tools: AddTools): Taken {
  const { store } = tools
  const fd = openUnlinked(source)
  try {
    const mode = Number(source.before.mode)
    const isExternal = source.backend.kind === 'external'
    if (!isExternal && source.before.size <= BigInt(WHOLE_BYTES)) {
      const content = sharedBuffer().subarray(0, Number(source.before.size))
      const size = readOn(source.path, () => files.readFully(fd, content))
      const keyText = keyOf(source, tools, hashAll(source.backend, content.subarray(0, size)))
      const stat = refuseChanged(source)
      store.storeBuffer(keyText, content, mode)
      return { keyText, stat }
    }
    const ingest = store.startIngest()
    try {
      const digest = pump(fd, source, tools, (chunk) => ingest.write(chunk))
      // The program of an external backend sees what will be stored, whatever becomes of the file.
      const keyText = keyOf({ ...source, file: ingest.seal() }, tools, digest)
      const stat = refuseChanged(source)
      ingest.commit(keyText, mode)
      return { keyText, stat }
    } catch (error) {
      ingest.abort()
      throw error
    }
  } finally {
    files.close(fd)
  }
}

/**
 * Makes the file itself the object and a link of the file. At every moment there is a file or link
 * at the path that leads to the content: the object gets a second name first, then the link replaces
 * the first one. In between it cannot be opened for writing any more, and it is looked at once more:
 * whoever still has it open would go on writing to the object.
 */
function lockIn(unsettled: Source, tools: AddTools): Taken {
  const { file, path } = unsettled
  const source = { ...unsettled, before: settledStat(unsettled) }
  const fd = openUnlinked(source)
  let keyText: Bytes
  try {
    const digest = pump(fd, source, tools, () => {})
    keyText = keyOf(source, tools, digest)
  } finally {
    files.close(fd)
  }
  refuseChanged(source)
  const temp = tools.store.temp.newPath()
  try {
    linkOrCopy(source, temp, tools.ownNames)
    tools.store.moveIn(keyText, temp)
  } catch (error) {
    files.remove(temp)
    throw error
  }
  const now = files.lstat(file)
  const isWritten = now?.size !== source.before.size || now.mtimeNs !== source.before.mtimeNs
  if (isWritten || hasOpenWriters(file)) {
    takeBack(source, keyText, tools)
    throw isWritten ? changed(path) : stillOpen(path)
  }
  try {
    mendObject(tools.store, keyText, file)
    const target = formatLinkTarget(parseKey(keyText)!, path)
    replaceBy(file, tools.store.temp, (link) => files.symlink(target, link), now)
  } catch (error) {
    takeBack(source, keyText, tools)
    throw diskError(error, path)
  }
  return { keyText, stat: files.lstat(file)! }
}

/** The object and the file are one: the file stays, as it was. */
function takeBack({ file, before }: Source, keyText: Bytes, { store }: AddTools): void {
  store.takeBack(keyText, file)
  files.chmod(file, Number(before.mode & 0o777n))
}

/** Stats of the file as of a moment after which every change shows in its time. */
function settledStat({ file, path, before }: Source): files.FileStat {
  if (!outlastTick(before)) return before
  const settled = files.lstat(file)
  if (!settled?.isFile()) throw changed(path)
  return settled
}

/** A file with other names is copied: who has one of them could write to the object. */
function linkOrCopy(source: Source, temp: Bytes, ownNames = 1n): void {
  if (source.before.nlink === ownNames && tryLink(source.file, temp)) return
  copyFile(source.file, temp)
  refuseChanged(source)
}

function tryLink(file: Bytes, temp: Bytes): boolean {
  try {
    files.hardLink(file, temp)
    return true
  } catch (error) {
    if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw error
    return false
  }
}

function openUnlinked({ file, path }: Source): number {
  try {
    return files.open(file, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Reads on. @throws AnnexError FILE_UNREADABLE, which a full disk of ours is not */
function readOn<T>(path: Bytes, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: Bytes, error: unknown): AnnexError {
  const hint = errorHint(error)
  const message = `Cannot read ${bytesToText(path)}: ${failureReason(error)}`
  return new AnnexError('FILE_UNREADABLE', message, { ...(hint && { hint }), cause: error })
}

function hashAll(backend: Backend, content: Uint8Array): () => string {
  return () => {
    const hasher = newHasher(backend)
    hasher.update(content)
    return hasher.digestHex()
  }
}

let buffer: Buffer | undefined

/** One for all files: nothing waits between filling it and the end of its use. */
function sharedBuffer(): Buffer {
  buffer ??= Buffer.allocUnsafeSlow(WHOLE_BYTES)
  return buffer
}

/** Reads a file to its end, hashing it where the backend is a hash. @returns the digest */
function pump(
  fd: number,
  { backend, path }: Source,
  tools: AddTools,
  write: (chunk: Uint8Array) => void,
): () => string {
  const into = sharedBuffer()
  const hasher = backend.kind === 'hash' ? newHasher(backend) : undefined
  let doneBytes = 0
  for (;;) {
    const count = readOn(path, () => files.readSome(fd, into))
    if (count === 0) break
    const chunk = into.subarray(0, count)
    hasher?.update(chunk)
    write(chunk)
    doneBytes += count
    tools.onProgress(doneBytes)
  }
  const digest = hasher?.digestHex() ?? ''
  return () => digest
}

function keyOf(
  { path, file, before, backend }: Source,
  tools: AddTools,
  digestHex: () => string,
): Bytes {
  const keyText = tools.keyMaker.keyTextFor(backend, {
    path,
    sizeBytes: Number(before.size),
    digestHex,
    mtimeSeconds: () => before.mtimeNs / SECOND_NS,
    file: () => file,
    onProgress: tools.onProgress,
  })
  if (parseKey(keyText)) return keyText
  throw new AnnexError('KEY_INVALID', `its extension is too long for a key: ${keyText}`, {
    hint: 'Lower annex.maxextensionlength',
  })
}

/** A file that was written to while we read it would get the key of bytes that nobody wanted. */
function refuseChanged({ path, file, before }: Source): files.FileStat {
  const now = files.lstat(file)
  const isSame =
    now !== undefined &&
    now.ino === before.ino &&
    now.size === before.size &&
    now.mtimeNs === before.mtimeNs &&
    now.ctimeNs === before.ctimeNs
  if (!isSame) throw changed(path)
  return now
}

function changed(path: Bytes): AnnexError {
  return new AnnexError('FILE_CHANGED', `${bytesToText(path)} changed while it was being added`, {
    hint: 'Add it again when nothing writes to it any more',
  })
}

function stillOpen(path: Bytes): AnnexError {
  return new AnnexError('FILE_CHANGED', `${bytesToText(path)} is open for writing`, {
    hint: 'Add it again when the program that writes to it has ended',
  })
}
