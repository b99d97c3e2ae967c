/**
 * Tells git's index that files we have just written are unmodified, without git reading them.
 *
 * Under `index.lock` we rewrite the stat fields of their entries and the checksum and nothing else;
 * extensions stay byte for byte: none depends on stat fields (a file system monitor reports the new
 * files by itself). Indexes that we do not read go through git. Implements spec: git filter, rules 4
 * and 5, traps 10, 12, 13, 32 to 34.
 */
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import type { KnownStat } from '../platform/kept-stat.js'
import { limitMemory } from '../platform/memory.js'
import { indexEnv, readIndexEntries } from './index-file.js'
import { indexChecksum, type PlacedEntry, parseIndex } from './index-format.js'
import { changeIndex, type IndexImage, type LockedIndex } from './index-lock.js'
import { type ObjectFormat, objectFormat } from './object-format.js'
import type { Repository } from './repository.js'
import { git } from './run.js'

/** A file whose content now is what the index says it is. */
export interface IndexRefresh {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** The blob that the file stands for; the entry is left alone when it names another one now. */
  readonly oid: Bytes
  /** `lstat` of the file after it was put in place. */
  readonly stat: KnownStat
}

/** `locked`: another process is changing the index; nothing was done. */
export type RefreshResult = 'done' | 'locked'

type Wanted = ReadonlyMap<Bytes, IndexRefresh>

const SECOND_NS = 1_000_000_000n
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER)
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const STAT_BYTES = 40
/** Place of the size in an entry. */
const SIZE_OFFSET = 36
const TYPE_BITS = 0o170000
const GITLINK = 0o160000

/**
 * Makes the stat fields of stage-0 entries fit their files.
 * @throws AnnexError GIT_FAILED when neither we nor git can read the index
 */
export function refreshIndex(
  repository: Repository,
  refreshes: Iterable<IndexRefresh>,
): RefreshResult {
  const wanted = new Map<Bytes, IndexRefresh>()
  for (const refresh of refreshes) wanted.set(refresh.path, refresh)
  if (wanted.size === 0) return 'done'
  return tryRewrite(repository, wanted) ?? refreshThroughGit(repository, wanted)
}

/** Undefined when only git can read the index. */
function tryRewrite(repository: Repository, wanted: Wanted): RefreshResult | undefined {
  const format = objectFormat(repository)
  try {
    return changeIndex(repository.indexFile, (index) => refreshed(index, wanted, format))
  } catch (error) {
    if (isAnnexError(error, 'INDEX_UNSUPPORTED')) return undefined
    throw error
  }
}

/** The index with new stat fields, changed in place; undefined when it has them already. */
function refreshed(
  { content, stat }: LockedIndex,
  wanted: Wanted,
  format: ObjectFormat,
): IndexImage | undefined {
  const indexSeconds = stat.mtimeNs / SECOND_NS
  const indexSecondNs = indexSeconds * SECOND_NS
  const { entries, hasChecksum } = parseIndex(content, format, Number(indexSeconds))
  let isChanged = false
  let areAllOlder = true
  for (const entry of entries) {
    const refresh = wanted.get(entry.path)
    if (!refresh || !fits(entry, refresh)) continue
    limitMemory()
    if (putStat(content, entry.offset, refresh.stat)) isChanged = true
    if (refresh.stat.mtimeNs >= indexSecondNs) areAllOlder = false
  }
  if (!isChanged) return undefined
  if (!areAllOlder) distrustRacyEntries(content, entries, wanted)
  if (hasChecksum) {
    const checksum = indexChecksum(content, format)
    checksum.copy(content, content.length - checksum.length)
  }
  // With its old time kept, the index says nothing new about the entries we have not touched.
  return areAllOlder ? { content, mtimeNs: stat.mtimeNs } : { content }
}

function fits(entry: PlacedEntry, { oid, stat }: IndexRefresh): boolean {
  return (
    entry.stage === 0 &&
    entry.oid === oid &&
    (entry.mode & TYPE_BITS) === (Number(stat.mode) & TYPE_BITS)
  )
}

/** The low 32 bits; most values are short, and then no bigint is made, of which there are many. */
function low32(value: bigint): number {
  const isShort = value >= MIN_SAFE && value <= MAX_SAFE
  return isShort ? Number(value) >>> 0 : Number(BigInt.asUintN(32, value))
}

const formerStat = Buffer.alloc(STAT_BYTES)

/** Writes the stat fields of an entry, all but the mode. @returns whether any was different */
function putStat(content: Buffer, offset: number, stat: KnownStat): boolean {
  content.copy(formerStat, 0, offset, offset + STAT_BYTES)
  const put = (field: number, value: bigint) =>
    content.writeUInt32BE(low32(value), offset + 4 * field)
  put(0, stat.ctimeNs / SECOND_NS)
  put(1, stat.ctimeNs % SECOND_NS)
  put(2, stat.mtimeNs / SECOND_NS)
  put(3, stat.mtimeNs % SECOND_NS)
  put(4, stat.dev)
  put(5, stat.ino)
  put(7, stat.uid)
  put(8, stat.gid)
  // A multiple of 4 GiB becomes 0, which every git takes for "look again"; newer ones then write
  // their own mark for it.
  put(9, stat.size)
  return content.compare(formerStat, 0, STAT_BYTES, offset, offset + STAT_BYTES) !== 0
}

/**
 * Git looks twice at files not older than the index, because they may have changed in the second in
 * which it was written. A younger index would end that, so we put the mark on them that git itself
 * uses: a size of 0. It costs what their raciness costs: one more look.
 */
function distrustRacyEntries(
  content: Buffer,
  entries: readonly PlacedEntry[],
  wanted: Wanted,
): void {
  for (const entry of entries)
    if (!wanted.has(entry.path) && (entry.mode & TYPE_BITS) !== GITLINK && entry.isRacy)
      content.writeUInt32BE(0, entry.offset + SIZE_OFFSET)
}

/**
 * For a split index: makes it whole, refreshes it, splits it again; no file is read. For an index
 * that we still do not know: has git forget the stat fields, then look at the files through the
 * filter (`--refresh` alone takes another size for a change).
 */
function refreshThroughGit(repository: Repository, wanted: Wanted): RefreshResult {
  const join = ['-c', 'core.splitIndex=false', 'update-index', '--no-split-index']
  if (updateIndex(repository, join) === 'locked') return 'locked'
  const result = tryRewrite(repository, wanted)
  if (result) {
    updateIndex(repository, ['-c', 'core.splitIndex=true', 'update-index', '--split-index'])
    return result
  }
  const lines = readIndexEntries(repository)
    .filter((entry) => entry.stage === 0 && wanted.get(entry.path)?.oid === entry.oid)
    .map(({ mode, oid, path }) => `${mode.toString(8)} ${oid} 0\t${path}\0`)
  const input = Buffer.from(lines.join(''), 'latin1')
  const forgotten = updateIndex(repository, ['update-index', '-z', '--index-info'], input)
  return forgotten === 'locked'
    ? 'locked'
    : updateIndex(repository, ['update-index', '-q', '--refresh'])
}

function updateIndex(
  repository: Repository,
  args: readonly string[],
  input?: Buffer,
): RefreshResult {
  try {
    git(repository, args, { env: indexEnv(repository), okStatus: [0, 1], ...(input && { input }) })
    return 'done'
  } catch (error) {
    if (isAnnexError(error, 'GIT_FAILED') && error.message.includes('.lock')) return 'locked'
    throw error
  }
}
