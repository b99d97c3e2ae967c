/**
 * Our journal: changes of the git-annex branch that are not committed yet.
 *
 * Each process appends to a segment of its own, so appending needs no lock and a record is one write
 * call. A segment is called `<start>-<host>-<pid>-<random>.open` while its process may write and
 * `.mp` afterwards. Whoever commits the branch (commit.ts) carries out the closed segments and deletes
 * them. Readers take all of them, open ones too. The filter appends for every object, so this module
 * must stay cheap to load.
 */
import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import type { LogEdit } from '../model/logs/log-edit.js'
import type { Uuid } from '../model/uuid.js'
import type { Clock } from '../model/vector-clock.js'
import * as files from '../platform/files.js'
import { isProcessAlive } from '../platform/process.js'
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
const SEGMENT_NAME = /^(\d{15})-([0-9a-f]{8})-(\d+)-[0-9a-f]+\.(open|mp)$/

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
  readonly #dir: Bytes
  readonly #clock: Clock | undefined
  #segment: { fd: number; path: Bytes; startMs: number } | undefined
  #hasWritten = false

  /** @param annexDir the annex directory; nothing is created before the first record */
  constructor(annexDir: Bytes, options: JournalOptions = {}) {
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
      files.writeFully(segment.fd, content)
    } catch (error) {
      // Nothing may follow a torn record: what comes next goes to a new segment.
      this.close()
      throw error
    }
  }

  #current(timeMs: number): { fd: number } {
    const age = timeMs - (this.#segment?.startMs ?? 0)
    if (this.#segment && age >= 0 && age < ROTATE_MS) return this.#segment
    this.close()
    files.makeDirs(this.#dir)
    const start = String(timeMs).padStart(15, '0')
    const name = `${start}-${hostTag()}-${process.pid}-${randomBytes(4).toString('hex')}`
    const path = `${this.#dir}/${name}`
    this.#segment = { fd: files.open(`${path}.open`, 'ax'), path, startMs: timeMs }
    return this.#segment
  }

  /** Ends the segment, so that the next commit takes it. The next record starts another. */
  close(): void {
    const segment = this.#segment
    if (!segment) return
    this.#segment = undefined
    files.close(segment.fd)
    try {
      files.rename(`${segment.path}.open`, `${segment.path}.mp`)
    } catch (error) {
      // Idle for so long that somebody took it for abandoned and committed it.
      if (!isErrno(error, 'ENOENT')) throw error
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

let ownHostTag: string | undefined

/** Tells hosts (and containers with process ids of their own) apart that share a repository. */
function hostTag(): string {
  const processes = files.readLink('/proc/self/ns/pid') ?? ''
  ownHostTag ??= createHash('md5').update(`${hostname()}\0${processes}`).digest('hex').slice(0, 8)
  return ownHostTag
}

/** A segment's file. */
export interface Segment {
  readonly path: Bytes
  /** Whether no process will append to it any more. */
  readonly isClosed: boolean
}

/** Lists the segments, oldest first. One directory read; cheap when there are none. */
export function listSegments(annexDir: Bytes): Segment[] {
  const dir = journalDir(annexDir)
  return files
    .listDir(dir)
    .map(({ name }) => ({ name, match: SEGMENT_NAME.exec(name) }))
    .filter(({ match }) => match)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, match }) => ({ path: `${dir}/${name}`, isClosed: isClosed(match!) }))
}

function isClosed([, start, host, pid, suffix]: RegExpExecArray): boolean {
  if (suffix === 'mp' || Date.now() - Number(start) > ABANDONED_MS) return true
  return host === hostTag() && Number(pid) !== process.pid && !isProcessAlive(Number(pid))
}

/**
 * Reads segments as one list in the order of time; a segment's own order is kept.
 * A segment that vanished was committed meanwhile and counts as empty.
 */
export function readSegments(segments: readonly Segment[], oneLevelHash = false): JournalRecord[] {
  const records: JournalRecord[] = []
  for (const { path } of segments) {
    const content = files.readFile(path) ?? readClosed(path)
    if (content) records.push(...monotonic(decodeSegment(content, oneLevelHash)))
  }
  return records.sort((a, b) => a.timeMs - b.timeMs)
}

/** The segment under the name it has after its writer closed it. */
function readClosed(path: Bytes): Uint8Array | undefined {
  return path.endsWith('.open') ? files.readFile(path.replace(/\.open$/, '.mp')) : undefined
}

/** Times that never fall, so that a clock set back cannot reorder one process's records. */
function monotonic(records: readonly JournalRecord[]): JournalRecord[] {
  let latest = 0
  return records.map((record) => {
    latest = Math.max(latest, record.timeMs)
    return record.timeMs === latest ? record : { ...record, timeMs: latest }
  })
}
