/**
 * The file that {@link BlobKeys} keeps between runs: MessagePack around four long byte strings, so
 * that 10,000 answers load in a few milliseconds. Disposable: whatever is odd about it is a miss.
 */
import { decode, encode } from '@msgpack/msgpack'
import { type Bytes, bytesFromBuffer } from '../model/bytes.js'
import { type ObjectFormat, OID_BYTES } from './object-format.js'

/** From blob id to serialized key; the empty text stands for "no key". */
export interface BlobKeyAnswers {
  readonly files: Map<Bytes, Bytes>
  readonly links: Map<Bytes, Bytes>
}

const VERSION = 1
/** Past this many answers, those longest in the file are left out: they belong to old commits. */
const MAX_ANSWERS = 1_000_000

interface Stored {
  readonly version: number
  readonly format: string
  /** Object ids one after the other, and the keys in the same order with newlines between. */
  readonly files: readonly [oids: Uint8Array, keys: Uint8Array]
  readonly links: readonly [oids: Uint8Array, keys: Uint8Array]
}

/** Serializes answers. */
export function writeBlobKeyCache(answers: BlobKeyAnswers, format: ObjectFormat): Uint8Array {
  const stored: Stored = {
    version: VERSION,
    format,
    files: pack(answers.files),
    links: pack(answers.links),
  }
  return encode(stored)
}

/**
 * Reads answers back.
 * @param content the file, undefined when there is none; any bytes
 * @returns no answers when it is damaged or of another version; never throws
 */
export function readBlobKeyCache(
  content: Uint8Array | undefined,
  format: ObjectFormat,
): BlobKeyAnswers {
  const stored = content && tryDecode(content)
  if (stored?.version !== VERSION || stored.format !== format)
    return { files: new Map(), links: new Map() }
  return { files: unpack(stored.files, format), links: unpack(stored.links, format) }
}

function tryDecode(content: Uint8Array): Partial<Stored> | undefined {
  try {
    const value = decode(content)
    return typeof value === 'object' && value !== null ? (value as Partial<Stored>) : undefined
  } catch {
    return undefined
  }
}

function pack(answers: Map<Bytes, Bytes>): Stored['files'] {
  const oids = [...answers.keys()].slice(-MAX_ANSWERS)
  const keys = [...answers.values()].slice(-MAX_ANSWERS)
  return [Buffer.from(oids.join(''), 'hex'), Buffer.from(keys.join('\n'), 'latin1')]
}

function unpack(columns: unknown, format: ObjectFormat): Map<Bytes, Bytes> {
  const answers = new Map<Bytes, Bytes>()
  if (!Array.isArray(columns)) return answers
  const [oids, keys] = columns as unknown[]
  if (!(oids instanceof Uint8Array) || !(keys instanceof Uint8Array)) return answers
  const digits = 2 * OID_BYTES[format]
  const hex = Buffer.from(oids.buffer, oids.byteOffset, oids.length).toString('hex')
  const lines = bytesFromBuffer(keys).split('\n')
  if (hex.length !== lines.length * digits) return answers
  for (const [i, key] of lines.entries()) answers.set(hex.slice(i * digits, (i + 1) * digits), key)
  return answers
}
