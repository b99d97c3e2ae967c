/** Finding out whether somebody has a file open for writing. */
import type { Bytes } from '../model/bytes.js'
import * as files from './files.js'
import { bun, requireNative } from './runtime.js'

const F_SETLEASE = 1024
const F_SETSIG = 10
const F_RDLCK = 0
const F_UNLCK = 2
/** Ignored unless somebody listens: what breaks a lease in its microsecond must not end us. */
const SIGURG = 23
/** On Linux and its relatives. */
const EAGAIN = 11

interface Libc {
  fcntl(fd: number, command: number, argument: number): number
  __errno_location(): number
}

interface Native {
  dlopen(name: string, symbols: unknown): { symbols: Libc }
  FFIType: Record<string, number>
  read: { i32(pointer: number): number }
}

let native: { libc: Libc; errno(): number } | undefined

/**
 * Whether a process has a file open for writing. The kernel gives a read lease only on files that
 * nobody writes to.
 * @param path absolute
 * @returns undefined when it cannot be told: on another system, or for another user's file
 */
export function hasOpenWriters(path: Bytes): boolean | undefined {
  const { libc, errno } = loadNative() ?? {}
  if (!libc || !errno) return undefined
  const fd = files.open(path, 'r')
  try {
    libc.fcntl(fd, F_SETSIG, SIGURG)
    if (libc.fcntl(fd, F_SETLEASE, F_RDLCK) === 0) {
      libc.fcntl(fd, F_SETLEASE, F_UNLCK)
      return false
    }
    return errno() === EAGAIN ? true : undefined
  } finally {
    files.close(fd)
  }
}

function loadNative(): typeof native {
  if (native || !bun || process.platform !== 'linux') return native
  const { dlopen, FFIType, read } = requireNative('bun:ffi') as Native
  const { i32, ptr } = FFIType
  const libc = dlopen('libc.so.6', {
    fcntl: { args: [i32, i32, i32], returns: i32 },
    __errno_location: { args: [], returns: ptr },
  }).symbols
  native = { libc, errno: () => read.i32(libc.__errno_location()) }
  return native
}
