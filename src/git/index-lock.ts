/**
 * Git's own lock on an index, and replacing the index under it.
 *
 * Our lock file has a second name, `index.lock.HOST-PID-START`, by which the next command knows a lock
 * that a killed one of ours has left; git's own stale locks are for the user to judge.
 */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
import { ownerOf, processTag } from '../platform/process.js'
import { deferSignals } from '../platform/signals.js'

/** An index file in memory. */
export interface IndexImage {
  readonly content: Buffer
  /** Nanoseconds since 1970 to date the file back to; default the time of writing. */
  readonly mtimeNs?: bigint
}

/** The index as it is while the lock is held. */
export interface LockedIndex {
  readonly content: Buffer
  readonly stat: files.FileStat
}

/**
 * Replaces the index while no git process can change it. The lock file is gone afterwards, whatever
 * happens; when we are killed with SIGKILL, {@link removeStaleLock} removes it.
 * @param indexFile absolute path
 * @param change makes the new content; undefined: leave the index as it is
 * @returns `locked` when another process holds the lock (we never wait: that may be the git which
 *   waits for us); `done` also when there is no index
 */
export function changeIndex(
  indexFile: Bytes,
  change: (index: LockedIndex) => IndexImage | undefined,
): 'done' | 'locked' {
  const path = resolved(indexFile)
  return deferSignals(() => {
    const lock = `${path}.lock`
    const mark = `${lock}.${processTag()}`
    const fd = createLock(lock, mark)
    if (fd === undefined) return 'locked'
    let isHeld = true
    try {
      if (!writeChanged(fd, path, change)) return 'done'
      files.rename(lock, path)
      isHeld = false
      return 'done'
    } finally {
      // After the rename the name may already be somebody else's lock.
      if (isHeld) files.remove(lock)
      files.remove(mark)
    }
  })
}

/** Git replaces what a link leads to, not the link. */
function resolved(indexFile: Bytes): Bytes {
  const isLink = files.lstat(indexFile)?.isSymbolicLink() ?? false
  return (isLink ? files.realPath(indexFile) : undefined) ?? indexFile
}

/** @returns a descriptor of the lock file; undefined when somebody else has it */
function createLock(lock: Bytes, mark: Bytes): number | undefined {
  const fd = files.open(mark, 'w')
  try {
    files.hardLink(mark, lock)
    return fd
  } catch (error) {
    files.close(fd)
    files.remove(mark)
    if (isErrno(error, 'EEXIST')) return undefined
    // A file system without hard links: then a lock that we leave cannot be told from git's.
    if (isErrno(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK')) return createPlainLock(lock)
    throw error
  }
}

function createPlainLock(lock: Bytes): number | undefined {
  try {
    return files.open(lock, 'wx')
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return undefined
    throw error
  }
}

/**
 * Removes the lock that a killed process of ours has left on an index. One directory read.
 * @param indexFile absolute path
 */
export function removeStaleLock(indexFile: Bytes): void {
  const path = resolved(indexFile)
  const slash = path.lastIndexOf('/')
  const dir = path.slice(0, slash)
  const start = `${path.slice(slash + 1)}.lock.`
  for (const { name } of files.listDir(dir)) {
    if (!name.startsWith(start) || ownerOf(name.slice(start.length)) !== 'gone') continue
    const mark = `${dir}/${name}`
    const inode = files.stat(mark)?.ino
    if (inode !== undefined && files.stat(`${path}.lock`)?.ino === inode)
      files.remove(`${path}.lock`)
    files.remove(mark)
  }
}

/** @returns false when there is nothing to put in place */
function writeChanged(
  fd: number,
  path: Bytes,
  change: (index: LockedIndex) => IndexImage | undefined,
): boolean {
  try {
    const stat = files.stat(path)
    const content = stat && files.readFile(path)
    const image = content && change({ content, stat })
    if (!image) return false
    files.writeFully(fd, image.content)
    const mode = Number(stat!.mode & 0o777n)
    if (mode !== Number(files.fstat(fd).mode & 0o777n)) files.chmod(`${path}.lock`, mode)
    // Rounded down: an index must never look younger than it is.
    if (image.mtimeNs !== undefined)
      files.setMtime(`${path}.lock`, Number(image.mtimeNs / 1000n) / 1e6)
    return true
  } finally {
    files.close(fd)
  }
}
