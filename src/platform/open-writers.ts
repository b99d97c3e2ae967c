/** Finding out whether somebody has a file open for writing. */
import type { Bytes } from '../model/bytes.js'
import * as files from './files.js'
import { lastErrno, libcFunctions } from './libc.js'

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
}

const libc = libcFunctions<Libc>({ fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' } })

/**
 * Whether a process has a file open for writing. The kernel gives a read lease only on files that
 * nobody writes to.
 * @param path absolute
 * @returns undefined when it cannot be told: on another system, or for another user's file
 */
export function hasOpenWriters(path: Bytes): boolean | undefined {
  const fcntl = libc()?.fcntl
  if (!fcntl) return undefined
  const fd = files.open(path, 'r')
  try {
    fcntl(fd, F_SETSIG, SIGURG)
    if (fcntl(fd, F_SETLEASE, F_RDLCK) === 0) {
      fcntl(fd, F_SETLEASE, F_UNLCK)
      return false
    }
    return lastErrno() === EAGAIN ? true : undefined
  } finally {
    files.close(fd)
  }
}
