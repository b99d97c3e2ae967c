/**
 * Makes git trust the small contents and the pointers that it has just written itself.
 *
 * Git takes a file that is not older than the index for racy: the next `git status` would start the
 * filter and send it every file of the last second. So those are dated back a little and their index
 * entries refreshed, as with contents that we put in place ourselves. Ordinary files are left alone:
 * build programs go by their dates. Implements spec: git filter, trap 10.
 */
import { readIndexFile } from '../git/index-file.js'
import type { IndexStat } from '../git/index-format.js'
import type { IndexRefresh } from '../git/index-refresh.js'
import { join, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { isTooYoung, youngestMtime } from './pointer-file.js'

/**
 * Dating a file takes 10 µs and saves git's second look, 20 µs; starting the filter, 15 ms, is what
 * counts, and in a checkout of thousands of files it is lost among the rest.
 */
const MAX_FILES = 1000
/** An index that is longer than this costs more to write than a filter that starts once more. */
const MAX_INDEX_BYTES = 2n << 20n
/** What a file that is sent through the filter once more may cost in length of index. */
const INDEX_BYTES_PER_FILE = 2048n
const SECOND_NS = 1_000_000_000n

/**
 * Dates back files that git would take for racy. Nothing is done when somebody else has the index: a
 * second look is all that this saves.
 * @param answered what git was answered for annexed files: path relative to the top, size in bytes
 * @returns what the index must learn: of files that are still as git wrote them
 */
export function settleFiles(
  repository: Repository,
  answered: ReadonlyMap<Bytes, bigint>,
): IndexRefresh[] {
  const { indexFile } = repository
  if (answered.size === 0 || answered.size > MAX_FILES || repository.workTree === undefined)
    return []
  const indexBytes = files.stat(indexFile)?.size ?? 0n
  if (indexBytes > MAX_INDEX_BYTES + INDEX_BYTES_PER_FILE * BigInt(answered.size)) return []
  try {
    return files.exists(`${indexFile}.lock`)
      ? []
      : settle(repository, repository.workTree, answered)
  } catch {
    // A split index, or a file that is not ours to date: git looks again, no more.
    return []
  }
}

function settle(
  repository: Repository,
  workTree: Bytes,
  answered: ReadonlyMap<Bytes, bigint>,
): IndexRefresh[] {
  const settled: IndexRefresh[] = []
  const left = new Map(answered)
  for (const { path, oid, stage, stat, isRacy } of readIndexFile(repository).entries) {
    if (stage !== 0 || !left.has(path)) continue
    const file = join(workTree, path)
    if (!isAsIndexed(stat, files.lstat(file))) continue
    left.delete(path)
    if (!isRacy) continue
    files.setMtime(file, youngestMtime())
    settled.push({ path, oid, stat: files.lstat(file)! })
  }
  // Not in the index as they are, as after a conflict or `git stash pop`, but perhaps soon.
  for (const [path, sizeBytes] of left) dateBack(join(workTree, path), sizeBytes)
  return settled
}

function dateBack(file: Bytes, sizeBytes: bigint): void {
  const stat = files.lstat(file)
  if (stat?.isFile() && stat.size === sizeBytes && isTooYoung(stat))
    files.setMtime(file, youngestMtime())
}

/** Whether nobody has touched a file since git has written it and its entry. */
function isAsIndexed(indexed: IndexStat, found: files.FileStat | undefined): boolean {
  if (!found?.isFile()) return false
  const low = (value: bigint) => Number(BigInt.asUintN(32, value))
  return (
    indexed.mtimeSeconds === low(found.mtimeNs / SECOND_NS) &&
    indexed.mtimeNanoseconds === low(found.mtimeNs % SECOND_NS) &&
    indexed.ctimeSeconds === low(found.ctimeNs / SECOND_NS) &&
    indexed.ctimeNanoseconds === low(found.ctimeNs % SECOND_NS) &&
    indexed.ino === low(found.ino) &&
    indexed.sizeBytes === low(found.size)
  )
}
