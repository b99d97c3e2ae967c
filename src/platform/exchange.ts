/** Replacing a file by a long one without waiting for the disk. */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import * as files from './files.js'
import { bun, requireNative } from './runtime.js'

/** A rename over a file makes ext4 write out the new one at once: a third of a second for 1 GiB. */
const LONG_BYTES = 8n << 20n
const AT_FDCWD = -100
const RENAME_EXCHANGE = 2

interface Libc {
  renameat2(fromDir: number, from: Uint8Array, toDir: number, to: Uint8Array, flags: number): number
}

let libc: Libc | undefined | null

/**
 * Moves a file over another one: whoever looks sees the old or the new one. A long one changes places
 * with the old one, which is removed then, where the system can do that.
 * @param from absolute; on the same file system, gone afterwards
 * @param to absolute; exists
 * @param sizeBytes of the new file
 */
export function replaceFileBy(from: Bytes, to: Bytes, sizeBytes: bigint): void {
  if (sizeBytes >= LONG_BYTES && exchange(from, to)) files.remove(from)
  else files.rename(from, to)
}

/** @returns false when the file system, the C library or the runtime cannot */
function exchange(from: Bytes, to: Bytes): boolean {
  if (libc === undefined) libc = loadLibc()
  const [a, b] = [bytesToBuffer(`${from}\0`), bytesToBuffer(`${to}\0`)]
  return libc?.renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) === 0
}

function loadLibc(): Libc | null {
  if (!bun || process.platform !== 'linux') return null
  const { dlopen, FFIType } = requireNative('bun:ffi') as {
    dlopen(name: string, symbols: unknown): { symbols: Libc }
    FFIType: Record<string, number>
  }
  const { i32, u32, ptr } = FFIType
  try {
    return dlopen('libc.so.6', { renameat2: { args: [i32, ptr, i32, ptr, u32], returns: i32 } })
      .symbols
  } catch {
    // Glibc has it since 2.28.
    return null
  }
}
