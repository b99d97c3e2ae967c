/** Compares content that is streaming in with an object, without writing or hashing either. */
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { Chunks } from './chunks.js'

/**
 * Reads content as long as it agrees with an object.
 * @param chunks read up to the first chunk that differs, which is then the one at hand
 * @param object absolute path
 * @param into lent for the chunks
 * @returns how many bytes before the chunk at hand agreed; `all` when the content is the object's
 */
export function agreeWithObject(chunks: Chunks, object: Bytes, into: Buffer): number | 'all' {
  const fd = files.open(object, 'r')
  try {
    const buffer = Buffer.allocUnsafeSlow(into.length)
    let agreedBytes = 0
    while (chunks.current.length > 0) {
      const expected = buffer.subarray(0, chunks.current.length)
      if (files.readFully(fd, expected) < expected.length) return agreedBytes
      if (!expected.equals(chunks.current)) return agreedBytes
      agreedBytes += expected.length
      chunks.advance(into)
    }
    return files.fstat(fd).size === BigInt(agreedBytes) ? 'all' : agreedBytes
  } finally {
    files.close(fd)
  }
}
