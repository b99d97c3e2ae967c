/**
 * The commonest journal record, a key's presence without a clock of its own, written as MessagePack
 * and read from it directly: 10,000 of them are read in 10 ms, where the general decoder takes 70,
 * and written in 5, where the general encoder takes 50. The bytes are those of the general encoder.
 */
import type { Bytes } from '../model/bytes.js'
import type { PresenceStatus } from '../model/logs/presence.js'

const ARRAY_OF_6 = 0x96
const KEY_PRESENCE = 0x01
const UINT64 = 0xcf
const NIL = 0xc0
const STR8 = 0xd9
/** Array head, type, time, nil: everything before the key. */
const HEAD_BYTES = 12
const FIXSTR = 0xa0
const MOST_FIXSTR_BYTES = 0x1f
const MOST_STR8_BYTES = 0xff
const MOST_BYTES = HEAD_BYTES + 3 * (2 + MOST_STR8_BYTES)

/** What a plain record says. */
export interface PlainPresence {
  /** Milliseconds since 1970. */
  readonly timeMs: number
  /** The serialized key. */
  readonly key: Bytes
  readonly uuid: Bytes
  readonly status: PresenceStatus
}

const record = Buffer.allocUnsafeSlow(MOST_BYTES)

/**
 * Writes a record in the plain form.
 * @returns fresh bytes; undefined when a text is too long for the form
 */
export function encodePlainPresence(presence: PlainPresence): Uint8Array | undefined {
  const { timeMs, key, uuid, status } = presence
  record[0] = ARRAY_OF_6
  record[1] = KEY_PRESENCE
  record[2] = UINT64
  record.writeUInt32BE(Math.floor(timeMs / 2 ** 32), 3)
  record.writeUInt32BE(timeMs % 2 ** 32, 7)
  record[11] = NIL
  let end = HEAD_BYTES
  for (const text of [key, uuid, status]) {
    if (Buffer.byteLength(text) > MOST_STR8_BYTES) return undefined
    end = writeString(text, end)
  }
  return Buffer.from(record.subarray(0, end))
}

/** @returns where it ended */
function writeString(text: Bytes, at: number): number {
  const isShort = Buffer.byteLength(text) <= MOST_FIXSTR_BYTES
  const start = at + (isShort ? 1 : 2)
  const count = record.write(text, start, 'utf8')
  if (!isShort) record[at] = STR8
  record[start - 1] = isShort ? FIXSTR | count : count
  return start + count
}

export class PresenceReader {
  readonly #buffer: Buffer
  /** Where the first record starts that was not read. */
  position = 0
  #next = 0

  constructor(content: Uint8Array) {
    this.#buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  }

  /** The next record, or undefined at the end and before anything that is not in the plain form. */
  next(): PlainPresence | undefined {
    const buffer = this.#buffer
    const start = this.position
    if (start + HEAD_BYTES > buffer.length) return undefined
    if (buffer[start] !== ARRAY_OF_6 || buffer[start + 1] !== KEY_PRESENCE) return undefined
    if (buffer[start + 2] !== UINT64 || buffer[start + 11] !== NIL) return undefined
    const timeMs = buffer.readUInt32BE(start + 3) * 2 ** 32 + buffer.readUInt32BE(start + 7)
    this.#next = start + HEAD_BYTES
    const key = this.#readString()
    const uuid = this.#readString()
    const status = this.#readString()
    if (!key || !uuid || (status !== '0' && status !== '1')) return undefined
    this.position = this.#next
    return { timeMs, key, uuid, status: status === '1' ? '1' : '0' }
  }

  #readString(): Bytes | undefined {
    const head = this.#buffer[this.#next]
    if (head === undefined) return undefined
    const isShort = head >= FIXSTR && head <= FIXSTR + MOST_FIXSTR_BYTES
    if (!isShort && head !== STR8) return undefined
    const start = this.#next + (isShort ? 1 : 2)
    const end =
      start + (isShort ? head & MOST_FIXSTR_BYTES : (this.#buffer[this.#next + 1] ?? Infinity))
    if (end > this.#buffer.length) return undefined
    this.#next = end
    return this.#buffer.toString('utf8', start, end)
  }
}
