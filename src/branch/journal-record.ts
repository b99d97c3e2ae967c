/**
 * The records of our journal: MessagePack arrays, one after another.
 *
 * `[1, timeMs, clock, key, uuid, status]` for the presence of a key, the record that the filter writes
 * for every object; `[2, timeMs, clock, path, edit…]` for anything else. Byte strings are `str` with a
 * character for each byte. `clock` is nil unless GIT_ANNEX_VECTOR_CLOCK chose one. Records of a form
 * that we do not know end a segment: a newer version wrote them, and it will carry them out.
 */

import { decodeMulti, Encoder } from '@msgpack/msgpack'
import type { Bytes } from '../model/bytes.js'
import { formatKey, parentKey, parseKey } from '../model/key.js'
import { keyPlacesOf } from '../model/key-path.js'
import type { LogEdit } from '../model/logs/log-edit.js'
import type { MetadataChange } from '../model/logs/metadata-edit.js'
import type { PresenceStatus } from '../model/logs/presence.js'
import type { Uuid } from '../model/uuid.js'
import { type Clock, clockFromMs, formatClock, parseClock } from '../model/vector-clock.js'
import { encodePlainPresence, PresenceReader } from './presence-records.js'

const KEY_PRESENCE = 1
const LOG_EDIT = 2

/** An edit of a branch file, with the time it became true. */
export interface JournalRecord {
  /** Milliseconds since 1970; orders the records of several processes. */
  readonly timeMs: number
  /** The clock to write instead of the time. */
  readonly clock: Clock | undefined
  readonly path: Bytes
  readonly edit: LogEdit
}

/** A key's presence in a repository, as the filter knows it: without the path of the log. */
export interface PresenceRecord {
  readonly timeMs: number
  readonly clock: Clock | undefined
  /** The serialized key. */
  readonly key: Bytes
  readonly uuid: Uuid
  readonly status: PresenceStatus
}

const encoder = new Encoder()

const formatOptionalClock = (clock: Clock | undefined): Bytes | null =>
  clock === undefined ? null : formatClock(clock)

/** Encodes a presence record. The buffer is fresh. */
export function encodePresence(record: PresenceRecord): Uint8Array {
  const { timeMs, clock, key, uuid, status } = record
  const plain = clock === undefined ? encodePlainPresence(record) : undefined
  if (plain) return plain
  return encoder.encode([KEY_PRESENCE, timeMs, formatOptionalClock(clock), key, uuid, status])
}

/** Encodes any other edit. */
export function encodeRecord({ timeMs, clock, path, edit }: JournalRecord): Uint8Array {
  const { kind, ...rest } = edit
  return encoder.encode([LOG_EDIT, timeMs, formatOptionalClock(clock), path, kind, rest])
}

/** The clock that a record asks for in its log line. */
export function recordClock(record: JournalRecord): Clock {
  return record.clock ?? clockFromMs(record.timeMs)
}

/** The records of a segment, and whether they are all of it. */
export interface DecodedSegment {
  readonly records: JournalRecord[]
  /** False when something at the end could not be read. */
  readonly isWhole: boolean
}

/**
 * Decodes a segment. What cannot be read ends it: the last record of a killed process may be torn.
 * @param oneLevelHash whether location logs have one hash directory (`annex.tune.branchhash1`)
 */
export function decodeSegment(content: Uint8Array, oneLevelHash = false): DecodedSegment {
  const records: JournalRecord[] = []
  let isWhole = true
  const presences = new PresenceReader(content)
  for (let record = presences.next(); record; record = presences.next()) {
    const path = locationLogPath(record.key, oneLevelHash)
    const edit = { kind: 'presence', item: record.uuid, status: record.status } as const
    if (path !== undefined) records.push({ timeMs: record.timeMs, clock: undefined, path, edit })
  }
  for (const value of decodeValues(content.subarray(presences.position))) {
    const record = parseRecord(value, oneLevelHash)
    isWhole = record !== undefined
    if (!record) break
    records.push(record)
  }
  return { records, isWhole }
}

/** Ends with undefined where the bytes cannot be decoded: whatever the decoder thinks of them. */
function* decodeValues(content: Uint8Array): Generator<unknown> {
  try {
    yield* decodeMulti(content)
  } catch {
    yield undefined
  }
}

function parseRecord(value: unknown, oneLevelHash: boolean): JournalRecord | undefined {
  if (!Array.isArray(value)) return undefined
  const [type, timeMs, clockText, subject, ...rest] = value as unknown[]
  if (typeof timeMs !== 'number' || typeof subject !== 'string') return undefined
  const clock = typeof clockText === 'string' ? parseClock(clockText) : undefined
  if (type === KEY_PRESENCE) {
    const path = locationLogPath(subject, oneLevelHash)
    const edit = parseEdit('presence', { item: rest[0], status: rest[1] })
    return path && edit && { timeMs, clock, path, edit }
  }
  const edit = type === LOG_EDIT ? parseEdit(rest[0], rest[1]) : undefined
  return edit && { timeMs, clock, path: subject, edit }
}

function parseEdit(kind: unknown, fields: unknown): LogEdit | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined
  const { item, status, uuid, field, value, changes } = fields as Record<string, unknown>
  switch (kind) {
    case 'presence':
      return isString(item) && isString(status)
        ? { kind, item, status: status as PresenceStatus }
        : undefined
    case 'key-dead':
      return { kind }
    case 'uuid':
      return isString(uuid) && isString(value) ? { kind, uuid, value } : undefined
    case 'map':
      return isString(field) && isString(value) ? { kind, field, value } : undefined
    case 'number':
      return typeof value === 'number' ? { kind, value } : undefined
    case 'metadata':
      return Array.isArray(changes) ? { kind, changes: changes as MetadataChange[] } : undefined
    default:
      return undefined
  }
}

const isString = (value: unknown): value is string => typeof value === 'string'

/**
 * The path of a key's location log.
 * @param key a serialized key
 * @returns undefined when the text is no key
 */
export function locationLogPath(
  key: Bytes,
  oneLevelHash = false,
  suffix = '.log',
): Bytes | undefined {
  // Chunk keys lie where their parents do; any other key need not be taken apart.
  const isPlain = key.indexOf('--') > 0 && !CHUNK_FIELD.test(key)
  const parsed = isPlain ? undefined : parseKey(key)
  if (!isPlain && !parsed) return undefined
  const parent = parsed ? formatKey(parentKey(parsed)) : key
  const { keyFile, lower } = keyPlacesOf(key, parent)
  return `${oneLevelHash ? lower.slice(0, 3) : lower}/${keyFile}${suffix}`
}

const CHUNK_FIELD = /^[^-]*(?:-[sm]\d+)*-[SC]/
