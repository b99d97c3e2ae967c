/** Git's own lock on an index, and replacing the index under it. */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
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
 * happens, unless we are killed with SIGKILL.
 * @param indexFile absolute path
 * @param change makes the new content; undefined: leave the index as it is
 * @returns `locked` when another process holds the lock (we never wait: that may be the git which
 *   waits for us); `done` also when there is no index
 */
export function changeIndex(
  indexFile: Bytes,
  change: (index: LockedIndex) => IndexImage | undefined,
): 'done' | 'locked' {
  // Git replaces what a link leads to, not the link.
  const isLink = files.lstat(indexFile)?.isSymbolicLink() ?? false
  const path = (isLink ? files.realPath(indexFile) : undefined) ?? indexFile
  return deferSignals(() => {
    const lock = `${path}.lock`
    const fd = createLock(lock)
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
    }
  })
}

function createLock(lock: Bytes): number | undefined {
  try {
    return files.open(lock, 'wx')
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return undefined
    throw error
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
