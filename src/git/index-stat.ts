/** Comparing what the index remembers of a file with the file. */
import type { FileStat } from '../platform/files.js'
import type { IndexEntry } from './index-format.js'

const SECOND_NS = 1_000_000_000n

/**
 * Whether a file surely is as it was when git, or we for git, last looked: then its content is what
 * the entry's blob stands for. Stricter than git, which ignores nanoseconds and device.
 * @param stat `lstat` of the file
 * @returns false also when the entry is racy or comes without stat fields
 */
export function isUnchangedSince(entry: IndexEntry, stat: FileStat): boolean {
  const known = entry.stat
  if (!known || entry.stage !== 0 || entry.isRacy || known.sizeBytes === 0) return false
  const isEqual = (value: number, now: bigint) => value === Number(BigInt.asUintN(32, now))
  return (
    isEqual(known.sizeBytes, stat.size) &&
    isEqual(known.ino, stat.ino) &&
    isEqual(known.mtimeSeconds, stat.mtimeNs / SECOND_NS) &&
    isEqual(known.mtimeNanoseconds, stat.mtimeNs % SECOND_NS) &&
    isEqual(known.ctimeSeconds, stat.ctimeNs / SECOND_NS) &&
    isEqual(known.ctimeNanoseconds, stat.ctimeNs % SECOND_NS) &&
    isEqual(known.uid, stat.uid) &&
    isEqual(known.gid, stat.gid)
  )
}

/**
 * Whether a file has been written to since git, or we for git, last looked, as far as its size, inode
 * and modification time tell; other links to it and its mode may have changed.
 */
export function isRewrittenSince({ stat: known }: IndexEntry, stat: FileStat): boolean {
  if (!known) return true
  const isEqual = (value: number, now: bigint) => value === Number(BigInt.asUintN(32, now))
  return !(
    isEqual(known.sizeBytes, stat.size) &&
    isEqual(known.ino, stat.ino) &&
    isEqual(known.mtimeSeconds, stat.mtimeNs / SECOND_NS) &&
    isEqual(known.mtimeNanoseconds, stat.mtimeNs % SECOND_NS)
  )
}
