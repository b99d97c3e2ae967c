/**
 * Our journal: changes of the git-annex branch that are not committed yet.
 *
 * Each process appends to a segment of its own, so appending needs no lock and a record is one write
 * call. A segment is called `<start>-<host>-<pid>-<random>.open` while its process may write and
 * `.mp` afterwards. Whoever commits the branch (commit.ts) carries out all of them. It deletes those
 * that are closed; an open one gets the number of bytes that are done into its name,
 * `….<done>.open`, and is deleted when its process is gone: the writer holds the file open and never
 * learns of it, so nothing it appends can be lost. The filter appends for every object, so this
 * module must stay cheap to load.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import type { LogEdit } from '../model/logs/log-edit.js'
import type { Uuid } from '../model/uuid.js'
import type { Clock } from '../model/vector-clock.js'
import * as files from '../platform/files.js'
import { makeDirsIn, shareFile } from '../platform/make-dirs.js'
import { naming } from '../platform/naming.js'
import { hostTag, isProcessAlive, randomTag } from '../platform/process.js'
import {
  decodeSegment,
  encodePresence,
  encodeRecord,
  type JournalRecord,
  type PresenceRecord,
} from './journal-record.js'

/** A writer leaves its segment for a new one after this time … */
const ROTATE_MS = 10 * 60_000
/** … so one that is much older has no writer any more, whatever its process id says. */
const ABANDONED_MS = 60 * 60_000
const SEGMENT_NAME = /^((\d{15})-([0-9a-f]{8})-(\d+)-[0-9a-f]+)(?:\.(\d+))?\.(open|mp)$/

/** Where the segments are. */
export function journalDir(annexDir: Bytes): Bytes {
  return `${annexDir}/annexe/journal`
}

export interface JournalOptions {
  /** The clock of all lines to come (GIT_ANNEX_VECTOR_CLOCK). */
  readonly clock?: Clock | undefined
}

/** The appending side of the journal, for one process. */
export class JournalWriter implements Disposable {
  readonly #base: Bytes
  readonly #dir: Bytes
  readonly #clock: Clock | undefined
  #segment: { fd: number; path: Bytes; startMs: number } | undefined
  #hasWritten = false

  /** @param annexDir the annex directory; nothing is created before the first record */
  constructor(annexDir: Bytes, options: JournalOptions = {}) {
    this.#base = parentDir(annexDir)
    this.#dir = journalDir(annexDir)
    this.#clock = options.clock
  }

  /** Whether anything was recorded. */
  get hasWritten(): boolean {
    return this.#hasWritten
  }

  /**
   * Records that a repository has or lacks a key.
   * @param key the serialized key
   * @returns the record, for a reader of the same process
   */
  setPresence(key: Bytes, uuid: Uuid, isPresent: boolean): PresenceRecord {
    const status = isPresent ? '1' : '0'
    const record = { timeMs: Date.now(), clock: this.#clock, key, uuid, status } as const
    this.#append(record.timeMs, encodePresence(record))
    return record
  }

  /** Records any other edit. @returns the record, for a reader of the same process */
  edit(path: Bytes, edit: LogEdit): JournalRecord {
    const record = { timeMs: Date.now(), clock: this.#clock, path, edit }
    this.#append(record.timeMs, encodeRecord(record))
    return record
  }

  #append(timeMs: number, content: Uint8Array): void {
    const segment = this.#current(timeMs)
    this.#hasWritten = true
    try {
      naming(segment.path, () => files.writeFully(segment.fd, content))
    } catch (error) {
      // Nothing may follow a torn record: what comes next goes to a new segment.
      this.close()
      throw error
    }
  }

  #current(timeMs: number): { fd: number; path: Bytes } {
    const age = timeMs - (this.#segment?.startMs ?? 0)
    if (this.#segment && age >= 0 && age < ROTATE_MS) return this.#segment
    this.close()
    makeDirsIn(this.#base, this.#dir)
    const start = String(timeMs).padStart(15, '0')
    const name = `${start}-${hostTag()}-${process.pid}-${randomTag()}`
    const path = `${this.#dir}/${name}`
    this.#segment = { fd: files.open(`${path}.open`, 'ax'), path, startMs: timeMs }
    shareFile(`${path}.open`)
    ownOpen.add(path)
    return this.#segment
  }

  /** Ends the segment, so that the next commit takes it. The next record starts another. */
  close(): void {
    const segment = this.#segment
    if (!segment) return
    this.#segment = undefined
    ownOpen.delete(segment.path)
    files.close(segment.fd)
    if (!renameIfThere(`${segment.path}.open`, `${segment.path}.mp`)) closeDone(segment.path)
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** A segment's file. */
export interface Segment {
  readonly path: Bytes
  /** Its path without the endings that tell its state. */
  readonly base: Bytes
  /** Whether no process will append to it any more. */
  readonly isClosed: boolean
  /** Bytes at its start whose records are in the branch already. */
  readonly doneBytes: number
}

/** Lists the segments, oldest first. One directory read; cheap when there are none. */
export function listSegments(annexDir: Bytes): Segment[] {
  const dir = journalDir(annexDir)
  return files
    .listDir(dir)
    .map(({ name }) => ({ name, match: SEGMENT_NAME.exec(name) }))
    .filter(({ match }) => match)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, match }) => ({
      path: `${dir}/${name}`,
      base: `${dir}/${match![1]}`,
      isClosed: isClosed(dir, match!),
      doneBytes: Number(match![5] ?? 0),
    }))
}

/** Paths of the segments that writers of this process have open, without endings. */
const ownOpen = new Set<Bytes>()

function isClosed(dir: Bytes, [, base, start, host, pid, , suffix]: RegExpExecArray): boolean {
  if (suffix === 'mp' || Date.now() - Number(start) > ABANDONED_MS) return true
  if (host !== hostTag()) return false
  if (Number(pid) === process.pid) return !ownOpen.has(`${dir}/${base}`)
  return !isProcessAlive(Number(pid))
}

/** Whether a segment holds records that are not in the branch yet. */
export function isPending({ path, doneBytes }: Segment): boolean {
  return Number(files.stat(path)?.size ?? 0n) > doneBytes
}

/** A segment as it was read. */
export interface ReadSegment {
  readonly segment: Segment
  /** Records that are not in the branch yet, in the order of time. */
  readonly records: readonly JournalRecord[]
  /** Bytes from its start to the end of the last record read. */
  readonly endBytes: number
  /** False when its writer was in the middle of a record: then it is no time to carry it out. */
  readonly isWhole: boolean
}

/** Reads one segment; one that vanished was committed meanwhile and counts as empty. */
export function readSegment(segment: Segment, oneLevelHash = false): ReadSegment {
  const content = files.readFile(segment.path) ?? readRenamed(segment.base) ?? Buffer.alloc(0)
  const { records, isWhole } = decodeSegment(content.subarray(segment.doneBytes), oneLevelHash)
  return { segment, records: monotonic(records), endBytes: content.length, isWhole }
}

/** The segment under the name it has after its writer closed it. */
function readRenamed(base: Bytes): Buffer | undefined {
  return files.readFile(`${base}.mp`)
}

/** Reads segments as one list in the order of time; a segment's own order is kept. */
export function readSegments(segments: readonly Segment[], oneLevelHash = false): JournalRecord[] {
  return mergeRecords(segments.map((segment) => readSegment(segment, oneLevelHash)))
}

/** The records of several segments in the order of time. */
export function mergeRecords(read: readonly ReadSegment[]): JournalRecord[] {
  return read.flatMap(({ records }) => records).sort((a, b) => a.timeMs - b.timeMs)
}

/** How a segment is put away once its records are in the branch. */
export type SegmentSettlement = readonly [path: Bytes, renamed: Bytes | null]

/** What is to be done with a segment after a commit; a value, so that it can be noted beforehand. */
export function settlementOf({ segment, endBytes }: ReadSegment): SegmentSettlement {
  return [segment.path, segment.isClosed ? null : `${segment.base}.${endBytes}.open`]
}

/** Puts segments away; one that is gone or was renamed by its writer is settled by its new name. */
export function settleSegments(settlements: readonly SegmentSettlement[]): void {
  for (const [path, renamed] of settlements) {
    if (renamed === null) files.remove(path)
    else if (path !== renamed) renameSegment(path, renamed)
  }
}

/** Its writer may have closed it in the meantime: then the closed file keeps what is done. */
function renameSegment(path: Bytes, renamed: Bytes): void {
  if (renameIfThere(path, renamed)) return
  const closed = renamed.replace(/\.open$/, '.mp')
  for (const from of [path.replace(/\.open$/, '.mp'), path.replace(/(\.\d+)?\.open$/, '.mp')])
    if (renameIfThere(from, closed)) return
}

/** Closes a segment of ours that somebody has carried out, as far as it went then. */
function closeDone(base: Bytes): void {
  const dir = base.slice(0, base.lastIndexOf('/'))
  for (const { name } of files.listDir(dir)) {
    const doneBytes = SEGMENT_NAME.exec(name)?.[5]
    if (doneBytes === undefined || !`${dir}/${name}`.startsWith(`${base}.`)) continue
    const path = `${dir}/${name}`
    if (Number(files.stat(path)?.size ?? 0n) > Number(doneBytes))
      renameIfThere(path, path.replace(/\.open$/, '.mp'))
    else files.remove(path)
  }
}

/** @returns false when there is no such file */
function renameIfThere(from: Bytes, to: Bytes): boolean {
  try {
    files.rename(from, to)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}

/** Times that never fall, so that a clock set back cannot reorder one process's records. */
function monotonic(records: readonly JournalRecord[]): JournalRecord[] {
  let latest = 0
  return records.map((record) => {
    latest = Math.max(latest, record.timeMs)
    return record.timeMs === latest ? record : { ...record, timeMs: latest }
  })
}
