/**
 * Checking content against its key, alone or while it is copied: the bytes are read once.
 * Implements spec: keys and backends, section 3, and transfers, section 6.
 */
import { verifyExternal } from '../backends/external-key.js'
import { verifyDigest } from '../backends/hash-key.js'
import type { Hasher } from '../backends/hasher.js'
import { backendOfKey, needsPreparing, prepareHasher } from '../backends/registry.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorHint, failureReason, isErrno } from '../model/errors.js'
import { type Key, parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { diskError } from './disk-error.js'
import { startHashing } from './long-hasher.js'

/** Large enough that system calls do not count, small enough to stay in the cache. */
const BUFFER_BYTES = 1 << 20

export interface CopyOptions {
  readonly onProgress?: (doneBytes: number) => void
  /** False: only the size is compared. Default true. */
  readonly checkHash?: boolean
}

/**
 * Copies content and checks it against its key on the way. The copy is as executable as the source
 * and not writable, as an object is.
 * @param destination must not exist; removed again when anything fails
 * @returns whether the bytes were proven to be the key's (false: the backend cannot tell)
 * @throws AnnexError CONTENT_MISSING when there is no source, CONTENT_MISMATCH, DISK_FULL
 */
export function copyVerified(
  keyText: Bytes,
  paths: { source: Bytes; destination: Bytes },
  options: CopyOptions = {},
): boolean {
  const key = keyOf(keyText)
  const source = openContent(paths.source, keyText)
  try {
    const { size, mode } = files.fstat(source)
    checkSize(key, size, keyText)
    const destination = files.open(paths.destination, 'wx', (Number(mode) & 0o555) | 0o400)
    try {
      using hasher = options.checkHash === false ? undefined : hasherFor(key, size)
      const { onProgress } = options
      // Once more: what was cut short meanwhile has no hash that would tell, perhaps.
      checkSize(key, BigInt(pump({ keyText, source, destination, hasher, onProgress })), keyText)
      checkDigest(key, hasher?.digestHex(), keyText)
      if (hasher !== undefined || options.checkHash === false) return hasher !== undefined
      return checkExternally({ key, keyText, path: paths.destination })
    } catch (error) {
      files.remove(paths.destination)
      throw diskError(error, keyText)
    } finally {
      files.close(destination)
    }
  } finally {
    files.close(source)
  }
}

export interface VerifyOptions {
  readonly onProgress?: ((doneBytes: number) => void) | undefined
  /** Another hasher that is to see the content in the same pass. */
  readonly also?: Hasher | undefined
}

/**
 * Checks a file against a key.
 * @returns whether the backend could tell; false also when only the size was compared
 * @throws AnnexError CONTENT_MISSING, CONTENT_MISMATCH
 */
export function verifyContent(
  keyText: Bytes,
  path: Bytes,
  { onProgress, also }: VerifyOptions = {},
): boolean {
  const key = keyOf(keyText)
  const source = openContent(path, keyText)
  try {
    const { size } = files.fstat(source)
    checkSize(key, size, keyText)
    using hasher = hasherFor(key, size)
    if (hasher || also) pump({ keyText, source, destination: undefined, hasher, also, onProgress })
    if (!hasher) return checkExternally({ key, keyText, path }, onProgress)
    checkDigest(key, hasher.digestHex(), keyText)
    return true
  } finally {
    files.close(source)
  }
}

function keyOf(keyText: Bytes): Key {
  const key = parseKey(keyText)
  if (!key) throw new AnnexError('KEY_INVALID', `Not a key: "${keyText}"`)
  return key
}

function openContent(path: Bytes, keyText: Bytes): number {
  try {
    return files.open(path, 'r')
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw unreadable(keyText, error)
    throw new AnnexError('CONTENT_MISSING', `content of ${keyText} is not present`, {
      cause: error,
    })
  }
}

/** What cannot be read here may be readable at another remote. */
function unreadable(keyText: Bytes, error: unknown): AnnexError {
  const hint = errorHint(error)
  return new AnnexError(
    'FILE_UNREADABLE',
    `Cannot read the content of ${bytesToText(keyText)}: ${failureReason(error)}`,
    { ...(hint !== undefined && { hint }), cause: error },
  )
}

function checkSize(key: Key, size: bigint, keyText: Bytes): void {
  if (key.sizeBytes === undefined || key.sizeBytes === size) return
  throw new AnnexError(
    'CONTENT_MISMATCH',
    `Verification of content failed: ${keyText} has ${size} bytes where its key says ${key.sizeBytes}`,
  )
}

function checkDigest(key: Key, digestHex: string | undefined, keyText: Bytes): void {
  if (digestHex !== undefined && !verifyDigest(key, digestHex)) throw mismatch(keyText)
}

/** Has the program of an external backend check a file. @returns whether there is one that can */
function checkExternally(
  { key, keyText, path }: { key: Key; keyText: Bytes; path: Bytes },
  onProgress?: (doneBytes: number) => void,
): boolean {
  const backend = backendOfKey(key.backend)
  if (backend?.kind !== 'external' || !backend.isVerifiable) return false
  if (!verifyExternal(key, path, onProgress)) throw mismatch(keyText)
  return true
}

function mismatch(keyText: Bytes): AnnexError {
  return new AnnexError(
    'CONTENT_MISMATCH',
    `Verification of content failed: the bytes do not match ${keyText}`,
  )
}

/** Whether content of a key can be checked at once; false: {@link prepareVerification} comes first. */
export function isVerificationReady(keyText: Bytes): boolean {
  const backend = backendOfKey(keyText.slice(0, keyText.indexOf('-')))
  return !backend || !needsPreparing(backend)
}

/** Loads what checking a key's content needs; to be awaited once before the functions above. */
export async function prepareVerification(keyText: Bytes): Promise<void> {
  const backend = backendOfKey(keyText.slice(0, keyText.indexOf('-')))
  if (backend && needsPreparing(backend)) await prepareHasher(backend)
}

function hasherFor(key: Key, sizeBytes: bigint): (Hasher & Disposable) | undefined {
  const backend = backendOfKey(key.backend)
  return backend?.digest ? startHashing(backend, Number(sizeBytes)) : undefined
}

interface Pump {
  readonly keyText: Bytes
  readonly source: number
  readonly destination: number | undefined
  readonly hasher: Hasher | undefined
  readonly also?: Hasher | undefined
  readonly onProgress: ((doneBytes: number) => void) | undefined
}

let sharedBuffer: Buffer | undefined

function readOn(source: number, buffer: Buffer, keyText: Bytes): number {
  try {
    return files.readSome(source, buffer)
  } catch (error) {
    throw unreadable(keyText, error)
  }
}

/** @returns the bytes that there were */
function pump({ keyText, source, destination, hasher, also, onProgress }: Pump): number {
  sharedBuffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let done = 0
  for (;;) {
    const count = readOn(source, sharedBuffer, keyText)
    if (count === 0) return done
    const chunk = sharedBuffer.subarray(0, count)
    hasher?.update(chunk)
    also?.update(chunk)
    if (destination !== undefined) files.writeFully(destination, chunk)
    done += count
    onProgress?.(done)
  }
}
