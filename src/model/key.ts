/**
 * Keys: the names of annexed contents, and their form as file names.
 *
 * Pure. Implements spec: keys and backends, sections 1 and 2 (docs/formats.md). A key from outside
 * enters the program only through the parsers here, so a key can never name a path of its own.
 */
import type { Bytes } from './bytes.js'

/** A parsed key. Two keys are equal when their serializations are. */
export interface Key {
  readonly backend: Bytes
  /** Size of the whole content in bytes, also in a chunk key. */
  readonly sizeBytes?: bigint
  /** Modification time, whole seconds since 1970 (WORM). */
  readonly mtimeSeconds?: bigint
  readonly chunkSizeBytes?: bigint
  /** Number of the chunk, from 1. */
  readonly chunkNumber?: bigint
  readonly name: Bytes
}

const FIELDS = /^([^-]+)(?:-s(\d+))?(?:-m(\d+))?(?:-S(\d+))?(?:-C(\d+))?--/
/** An `E` key with a longer extension (dot included) is invalid. */
const MAX_EXTENSION_BYTES = 64

/**
 * Parses a serialized key.
 * @param text one key, without escaping, any bytes
 * @returns the key, or undefined when the text is none; never throws
 */
export function parseKey(text: Bytes): Key | undefined {
  const match = FIELDS.exec(text)
  if (!match) return undefined
  const [prefix, backend, size, mtime, chunkSize, chunkNumber] = match
  const name = text.slice(prefix.length)
  if (name.includes('\n') || name.includes('\0') || backend!.includes('\n')) return undefined
  if (backend!.includes('\0')) return undefined
  if (backend!.endsWith('E') && extensionOf(name).length > MAX_EXTENSION_BYTES) return undefined
  return {
    backend: backend!,
    ...(size !== undefined && { sizeBytes: BigInt(size) }),
    ...(mtime !== undefined && { mtimeSeconds: BigInt.asIntN(64, BigInt(mtime)) }),
    ...(chunkSize !== undefined && { chunkSizeBytes: BigInt(chunkSize) }),
    ...(chunkNumber !== undefined && { chunkNumber: BigInt(chunkNumber) }),
    name,
  }
}

/** Serializes a key; the inverse of {@link parseKey} up to leading zeros. */
export function formatKey(key: Key): Bytes {
  let text = key.backend
  if (key.sizeBytes !== undefined) text += `-s${key.sizeBytes}`
  if (key.mtimeSeconds !== undefined) text += `-m${key.mtimeSeconds}`
  if (key.chunkSizeBytes !== undefined) text += `-S${key.chunkSizeBytes}`
  if (key.chunkNumber !== undefined) text += `-C${key.chunkNumber}`
  return `${text}--${key.name}`
}

/** The text from the first dot of a key's name on, dot included; empty when there is none. */
export function extensionOf(name: Bytes): Bytes {
  const dot = name.indexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

/** The key of the whole content that a chunk belongs to; any other key is returned unchanged. */
export function parentKey(key: Key): Key {
  if (key.chunkSizeBytes === undefined && key.chunkNumber === undefined) return key
  const { chunkSizeBytes: _size, chunkNumber: _number, ...parent } = key
  return parent
}

/** A key as the name of one file: KEYFILE of the spec, used for objects, logs and pointers. */
export function formatKeyFile(key: Key): Bytes {
  return escapeKeyFile(formatKey(key))
}

/**
 * Escapes a serialized key into a file name without `/`.
 * @param text a serialized key
 */
export function escapeKeyFile(text: Bytes): Bytes {
  return /[&%:/]/.test(text)
    ? text.replaceAll('&', '&a').replaceAll('%', '&s').replaceAll(':', '&c').replaceAll('/', '%')
    : text
}

/** Undoes {@link escapeKeyFile}. Any input is accepted; what comes out may not be a key. */
export function unescapeKeyFile(name: Bytes): Bytes {
  if (!/[&%]/.test(name)) return name
  return name
    .split('%')
    .map((part) =>
      part.replace(/&([\s\S]?)/g, (_, c: string) =>
        c === 'a' ? '&' : c === 's' ? '%' : c === 'c' ? ':' : c,
      ),
    )
    .join('/')
}

/** Parses an escaped file name as a key; undefined when it is none. */
export function parseKeyFile(name: Bytes): Key | undefined {
  return parseKey(unescapeKeyFile(name))
}
