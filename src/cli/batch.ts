/**
 * Requests on standard input (spec: CLI, section 9).
 *
 * Reading blocks on purpose: nothing else is under way while a request is awaited, and a signal ends
 * a blocked read at once, where a handler on the event loop would be late.
 */
import { type Bytes, bytesFromBuffer } from '../model/bytes.js'
import * as files from '../platform/files.js'

const STDIN = 0
const CHUNK_BYTES = 1 << 16

/**
 * Reads requests until the input ends.
 * @param options.z requests end with NUL instead of a newline
 * @param fd where to read, for tests
 */
export function* readRequests({ z }: { z: boolean }, fd = STDIN): Generator<Bytes> {
  const separator = z ? '\0' : '\n'
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let pending: Bytes = ''
  for (;;) {
    const count = files.readSome(fd, chunk)
    if (count === 0) break
    pending += bytesFromBuffer(chunk, 0, count)
    let start = 0
    for (let end = pending.indexOf(separator); end >= 0; end = pending.indexOf(separator, start)) {
      yield pending.slice(start, end)
      start = end + 1
    }
    pending = pending.slice(start)
  }
  if (pending !== '') yield pending
}
