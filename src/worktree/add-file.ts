/**
 * Taking a work tree file into the annex: read once, hashed and stored on the way, and refused when it
 * changed meanwhile. What git is to hold for it is returned, not staged: see `stage-added.ts`.
 * Implements spec: repository layout, sections 5 and 9; CLI, section 11.1 (add).
 */
import { type Backend, needsPreparing, newHasher, prepareHasher } from '../backends/registry.js'
import { join, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatLinkTarget, formatPointer } from '../model/pointer.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from '../store/object-store.js'
import type { KeyMaker } from './new-key.js'

const SECOND_NS = 1_000_000_000n
/** Files up to this size are read whole: fewer system calls, and no second temporary file. */
const WHOLE_BYTES = 1 << 20

export interface AddTools {
  readonly repository: Repository
  readonly store: ObjectStore
  readonly keyMaker: KeyMaker
  readonly onProgress: (doneBytes: number) => void
}

/** A file that is in the annex now, and what git is to hold for it. */
export interface AddedFile {
  readonly path: Bytes
  readonly keyText: Bytes
  readonly mode: number
  readonly content: Buffer
  /** The work tree file after everything. */
  readonly stat: files.FileStat
}

/**
 * Adds a regular file.
 * @param path relative to the top of the work tree
 * @param isLocked replaces the file by a link to the object; otherwise it stays as it is
 * @throws AnnexError FILE_CHANGED, FILE_UNREADABLE, DISK_FULL, BACKEND_CANNOT_GENERATE
 */
export async function addFile(
  path: Bytes,
  { isLocked }: { readonly isLocked: boolean },
  tools: AddTools,
): Promise<AddedFile> {
  const file = join(tools.repository.workTree!, path)
  const before = files.lstat(file)
  if (!before?.isFile()) throw changed(path)
  const backend = tools.keyMaker.backendFor(path, undefined)
  if (needsPreparing(backend)) await prepareHasher(backend)
  const source = { path, file, before, backend }
  const keyText = isLocked ? lockIn(source, tools) : copyIn(source, tools)
  const key = parseKey(keyText)!
  const isExecutable = (before.mode & 0o111n) !== 0n
  return {
    path,
    keyText,
    mode: isLocked ? 0o120000 : isExecutable ? 0o100755 : 0o100644,
    content: isLocked ? Buffer.from(formatLinkTarget(key, path), 'latin1') : formatPointer(key),
    stat: files.lstat(file)!,
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

/** Stores a copy; the file itself is not touched. @returns the serialized key */
function copyIn(source: Source, tools: AddTools): Bytes {
  const { store } = tools
  const fd = openUnlinked(source)
  try {
    const mode = Number(source.before.mode)
    const isExternal = source.backend.kind === 'external'
    if (!isExternal && source.before.size <= BigInt(WHOLE_BYTES)) {
      const content = Buffer.allocUnsafe(Number(source.before.size))
      const size = files.readFully(fd, content)
      const keyText = keyOf(source, tools, hashAll(source.backend, content.subarray(0, size)))
      refuseChanged(source)
      store.storeBuffer(keyText, content, mode)
      return keyText
    }
    const ingest = store.startIngest()
    try {
      const digest = pump(fd, source.backend, tools, (chunk) => ingest.write(chunk))
      // The program of an external backend sees what will be stored, whatever becomes of the file.
      const keyText = keyOf({ ...source, file: ingest.seal() }, tools, digest)
      refuseChanged(source)
      ingest.commit(keyText, mode)
      return keyText
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
 * the first one.
 */
function lockIn(source: Source, tools: AddTools): Bytes {
  const { file } = source
  const fd = openUnlinked(source)
  let keyText: Bytes
  try {
    keyText = keyOf(
      source,
      tools,
      pump(fd, source.backend, tools, () => {}),
    )
  } finally {
    files.close(fd)
  }
  refuseChanged(source)
  const temp = tools.store.temp.newPath()
  linkOrCopy(file, temp)
  tools.store.moveIn(keyText, temp)
  const link = `${file}.${process.pid}.tmp`
  files.symlink(formatLinkTarget(parseKey(keyText)!, source.path), link)
  try {
    files.rename(link, file)
  } catch (error) {
    files.remove(link)
    throw error
  }
  return keyText
}

function linkOrCopy(file: Bytes, temp: Bytes): void {
  try {
    files.hardLink(file, temp)
  } catch (error) {
    if (!isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw error
    copyFile(file, temp)
  }
}

function openUnlinked({ file }: Source): number {
  try {
    return files.open(file, 'r')
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'EIO')) throw error
    throw new AnnexError('FILE_UNREADABLE', `Cannot read the file: ${error.message}`, {
      cause: error,
    })
  }
}

function hashAll(backend: Backend, content: Uint8Array): () => string {
  return () => {
    const hasher = newHasher(backend)
    hasher.update(content)
    return hasher.digestHex()
  }
}

let buffer: Buffer | undefined

/** Reads a file to its end, hashing it where the backend is a hash. @returns the digest */
function pump(
  fd: number,
  backend: Backend,
  tools: AddTools,
  write: (chunk: Uint8Array) => void,
): () => string {
  buffer ??= Buffer.allocUnsafeSlow(WHOLE_BYTES)
  const hasher = backend.kind === 'hash' ? newHasher(backend) : undefined
  let doneBytes = 0
  for (;;) {
    const count = files.readSome(fd, buffer)
    if (count === 0) break
    const chunk = buffer.subarray(0, count)
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
function refuseChanged({ path, file, before }: Source): void {
  const now = files.lstat(file)
  const isSame =
    now !== undefined &&
    now.ino === before.ino &&
    now.size === before.size &&
    now.mtimeNs === before.mtimeNs &&
    now.ctimeNs === before.ctimeNs
  if (!isSame) throw changed(path)
}

function changed(path: Bytes): AnnexError {
  return new AnnexError('FILE_CHANGED', `${path} changed while it was being added`)
}
