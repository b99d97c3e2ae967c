/**
 * Advisory locks on whole files, the kind git-annex takes: POSIX `fcntl` locks.
 *
 * We use the open-file-description flavour (F_OFD_*), which conflicts with git-annex's process locks
 * in both directions and is not dropped when some other descriptor of the file is closed. Only the
 * Bun executable can make the call; on Node asking for a lock is an error, so the library never
 * changes a repository unlocked. Implements spec: repository layout, section 6, and numcopies
 * section 9 for the inode check.
 */
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import * as files from './files.js'
import { libcFunctions } from './libc.js'
import { shareFile } from './make-dirs.js'
import { PidLock } from './pid-lock.js'

export type LockKind = 'shared' | 'exclusive'

/** A held lock. */
export interface FileLock extends Disposable {
  readonly path: Bytes
  readonly kind: LockKind
  /** Changes the kind without waiting. @returns false when somebody else is in the way */
  tryConvert(kind: LockKind): boolean
  release(): void
}

const F_OFD_SETLK = 37
const F_OFD_SETLKW = 38
const LOCK_TYPE = { shared: 0, exclusive: 1 } as const
const F_UNLCK = 2
/** `struct flock` on 64-bit Linux: type and whence (16 bits each), start, length, pid. */
const FLOCK_BYTES = 32

interface Libc {
  fcntl(fd: number, command: number, argument: Uint8Array): number
}

const libc = libcFunctions<Libc>({ fcntl: { args: ['i32', 'i32', 'ptr'], returns: 'i32' } })

function fcntl(fd: number, command: number, argument: Uint8Array): number {
  const functions = libc()
  if (!functions)
    throw new AnnexError('LOCK_UNAVAILABLE', 'Cannot lock files: this runtime has no fcntl locks', {
      hint: 'Use the git-annex executable that install.sh builds',
    })
  return functions.fcntl(fd, command, argument)
}

function setLock(fd: number, type: number, wait: boolean): boolean {
  const flock = Buffer.alloc(FLOCK_BYTES)
  flock.writeInt16LE(type, 0)
  return fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, flock) === 0
}

/**
 * Locks a file without waiting, creating it first.
 * @param path the lock file; its directory must exist
 * @returns the lock, or undefined when another process holds a conflicting one
 */
export function tryLock(path: Bytes, kind: LockKind): FileLock | undefined {
  return lockFile(path, kind, { wait: false })
}

/**
 * Locks a file that is something else as well, which must not come into being by being locked.
 * @returns undefined also when there is no file
 */
export function tryLockExisting(path: Bytes, kind: LockKind): FileLock | undefined {
  try {
    return lockFile(path, kind, { wait: false, flags: kind === 'shared' ? 'r' : 'r+' })
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/** Locks a file, waiting as long as it takes. */
export function waitForLock(path: Bytes, kind: LockKind): FileLock {
  for (;;) {
    const lock = lockFile(path, kind, { wait: true })
    if (lock) return lock
  }
}

const pidLocks = new Map<Bytes, PidLock>()

/**
 * From now on all locks below an annex directory are one pid lock (`annex.pidlock`).
 * @param annexDir absolute path
 * @param timeoutSeconds how long to wait where we wait (`annex.pidlocktimeout`)
 */
export function usePidLock(annexDir: Bytes, timeoutSeconds: number): void {
  if (pidLocks.has(annexDir)) return
  const takeSideLock = (path: Bytes) => takePosixLock(path, 'exclusive', { wait: false })
  pidLocks.set(annexDir, new PidLock(annexDir, timeoutSeconds, takeSideLock))
}

/** Whether the locks below an annex directory leave no files of their own. */
export function usesPidLock(annexDir: Bytes): boolean {
  return pidLocks.has(annexDir)
}

interface LockOptions {
  readonly wait: boolean
  /** How the file is opened; default: it is made. */
  readonly flags?: string
}

function lockFile(path: Bytes, kind: LockKind, options: LockOptions): FileLock | undefined {
  const { wait } = options
  for (const [annexDir, pidLock] of pidLocks)
    if (path.startsWith(`${annexDir}/`)) return PidHeldLock.take(path, kind, { pidLock, wait })
  return takePosixLock(path, kind, options)
}

function takePosixLock(
  path: Bytes,
  kind: LockKind,
  { wait, flags }: LockOptions,
): FileLock | undefined {
  for (;;) {
    const fd = flags === undefined ? openLockFile(path, kind) : files.open(path, flags)
    if (!setLock(fd, LOCK_TYPE[kind], wait)) {
      files.close(fd)
      return undefined
    }
    // Someone may have removed the file between our open and our lock: such a lock is void.
    const held = files.fstat(fd)
    const there = files.stat(path)
    if (there && there.ino === held.ino && there.dev === held.dev) {
      shareFile(path)
      return new HeldLock(path, kind, fd)
    }
    files.close(fd)
    if (!wait && !there) return undefined
  }
}

/** A shared lock can also be had on a file that we may only read. */
function openLockFile(path: Bytes, kind: LockKind): number {
  try {
    return files.open(path, 'a+')
  } catch (error) {
    if (kind === 'shared' && isReadOnly(error)) return files.open(path, 'r')
    throw error
  }
}

class HeldLock implements FileLock {
  readonly path: Bytes
  kind: LockKind
  #fd: number | undefined

  constructor(path: Bytes, kind: LockKind, fd: number) {
    this.path = path
    this.kind = kind
    this.#fd = fd
  }

  tryConvert(kind: LockKind): boolean {
    if (this.#fd === undefined || !setLock(this.#fd, LOCK_TYPE[kind], false)) return false
    this.kind = kind
    return true
  }

  release(): void {
    if (this.#fd === undefined) return
    setLock(this.#fd, F_UNLCK, false)
    files.close(this.#fd)
    this.#fd = undefined
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

/** Whether the error says that the lock file's place cannot be written. */
export function isReadOnly(error: unknown): boolean {
  return isErrno(error, 'EACCES', 'EROFS', 'EPERM')
}

/** What this process holds under pid locks, by path: other processes have nothing. */
const heldKinds = new Map<Bytes, LockKind[]>()

/** One of the locks that a pid lock stands for. */
class PidHeldLock implements FileLock {
  readonly path: Bytes
  kind: LockKind
  #pidLock: PidLock | undefined

  private constructor(path: Bytes, kind: LockKind, pidLock: PidLock) {
    this.path = path
    this.kind = kind
    this.#pidLock = pidLock
  }

  /** Who would wait for a lock of this very process would wait for ever: that is never done. */
  static take(
    path: Bytes,
    kind: LockKind,
    { pidLock, wait }: { readonly pidLock: PidLock; readonly wait: boolean },
  ): PidHeldLock | undefined {
    const held = heldKinds.get(path) ?? []
    if (held.length > 0 && (kind === 'exclusive' || held.includes('exclusive'))) return undefined
    if (!pidLock.acquire(wait)) return undefined
    heldKinds.set(path, [...held, kind])
    return new PidHeldLock(path, kind, pidLock)
  }

  tryConvert(kind: LockKind): boolean {
    const held = heldKinds.get(this.path) ?? []
    if (!this.#pidLock || (kind === 'exclusive' && held.length > 1)) return false
    held[held.indexOf(this.kind)] = kind
    this.kind = kind
    return true
  }

  release(): void {
    if (!this.#pidLock) return
    const held = heldKinds.get(this.path) ?? []
    held.splice(held.indexOf(this.kind), 1)
    if (held.length === 0) heldKinds.delete(this.path)
    this.#pidLock.release()
    this.#pidLock = undefined
  }

  [Symbol.dispose](): void {
    this.release()
  }
}
