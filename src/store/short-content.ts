/**
 * Short contents, in memory as a whole: read with one call, and compared with their key at once.
 * Nothing here fails: who gets no answer goes the long way (verify.ts), which says what is wrong.
 */
import { verifyDigest } from '../backends/hash-key.js'
import { type Backend, backendOfKey } from '../backends/registry.js'
import type { Bytes } from '../model/bytes.js'
import { digestOf } from '../model/digest.js'
import { isSystemError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { quickStat } from '../platform/quick-stat.js'

/** A file's bytes. */
export interface ShortContent {
  /** Valid until the next call. */
  readonly content: Uint8Array
  /** Permission bits. */
  readonly mode: number
}

let buffer: Buffer | undefined

/**
 * Reads a whole file.
 * @param path absolute
 * @param maxBytes what is at least as long is not read
 * @returns undefined when there is no such file, or it cannot be read
 */
export function readShort(path: Bytes, maxBytes: number): ShortContent | undefined {
  if (!buffer || buffer.length < maxBytes) buffer = Buffer.allocUnsafeSlow(maxBytes)
  try {
    const fd = files.open(path, 'r')
    try {
      const { isFile, sizeBytes, mode } = quickStat(fd)
      if (!isFile || sizeBytes >= maxBytes) return undefined
      // One byte more than there should be: a file that ends where it should needs no second look.
      const length = readUpTo(fd, buffer, sizeBytes + 1)
      return { content: buffer.subarray(0, length), mode }
    } finally {
      files.close(fd)
    }
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

/** Fewer bytes than asked for are the end of a file that is as long as was thought. */
function readUpTo(fd: number, into: Buffer, limit: number): number {
  let done = 0
  while (done < limit - 1) {
    const count = files.readSome(fd, into, done, limit - done)
    if (count === 0) break
    done += count
  }
  return done
}

/** Whether content in memory can be compared with a key. @param keyText serialized */
export function canMatch(keyText: Bytes): boolean {
  return backendOf(keyText)?.digest?.isReady() === true
}

/** Whether bytes are the content of a key, by length and hash; false when nobody can tell. */
export function matchesKey(keyText: Bytes, content: Uint8Array): boolean {
  const key = parseKey(keyText)
  const digest = backendOf(keyText)?.digest
  if (!key || !digest?.isReady()) return false
  if (key.sizeBytes !== undefined && key.sizeBytes !== BigInt(content.length)) return false
  if (digest.algorithm !== undefined)
    return verifyDigest(key, digestOf(digest.algorithm, content).toString('hex'))
  const hasher = digest.start()
  hasher.update(content)
  return verifyDigest(key, hasher.digestHex())
}

function backendOf(keyText: Bytes): Backend | undefined {
  return backendOfKey(keyText.slice(0, keyText.indexOf('-')))
}
