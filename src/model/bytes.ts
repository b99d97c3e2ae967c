/**
 * Byte strings: the project's form for everything that git and git-annex treat as bytes.
 *
 * A `Bytes` is a JavaScript string with one UTF-16 unit (0–255) per byte, as `latin1` decodes it. So
 * paths, keys and log lines that are not UTF-8 survive unchanged, can be map keys, and `<` compares
 * them in byte order, as git and git-annex sort. Turn them into text only to show them.
 */

declare const brand: unique symbol

/** A string holding one byte per UTF-16 unit. */
export type Bytes = string & { readonly [brand]?: 'bytes' }

const NON_ASCII = /[\x80-\xff]/
/** Byte b of what is no UTF-8 is U+DC00 + b in a text, without a first half before it. */
const KEPT_BASE = 0xdc00
const KEPT_BYTE = /[\udc80-\udcff]/u
const KEPT_OR_NOT = /[\udc80-\udcff]|[^\udc80-\udcff]+/gu
/** The sequences of RFC 3629, or else one byte. */
const UTF8_OR_BYTE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\s\S]/g

/**
 * Decodes a buffer, byte for byte.
 * @param buffer any bytes
 */
export function bytesFromBuffer(buffer: Uint8Array, start = 0, end = buffer.length): Bytes {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.length).toString('latin1', start, end)
}

/** Encodes a byte string into a fresh buffer. */
export function bytesToBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1')
}

/** The UTF-8 bytes of a text, such as a command line argument, and those that {@link bytesToText} kept. */
export function bytesFromText(text: string): Bytes {
  if (isAscii(text)) return text
  if (!KEPT_BYTE.test(text)) return Buffer.from(text, 'utf8').toString('latin1')
  return text.replace(KEPT_OR_NOT, (part) =>
    KEPT_BYTE.test(part)
      ? String.fromCharCode(part.charCodeAt(0) - KEPT_BASE)
      : Buffer.from(part, 'utf8').toString('latin1'),
  )
}

/**
 * The text of UTF-8. A byte that is none becomes half of a surrogate pair, as in Python: shown to a
 * person (encoded as UTF-8) it is U+FFFD, and {@link bytesFromText} makes the byte of it again.
 */
export function bytesToText(bytes: Bytes): string {
  if (!NON_ASCII.test(bytes)) return bytes
  const text = Buffer.from(bytes, 'latin1').toString('utf8')
  if (!text.includes('\ufffd')) return text
  return bytes.replace(UTF8_OR_BYTE, (part) =>
    part.length > 1 || part < '\x80'
      ? Buffer.from(part, 'latin1').toString('utf8')
      : String.fromCharCode(part.charCodeAt(0) + KEPT_BASE),
  )
}

/** Whether a text has bytes that are no UTF-8, as {@link bytesToText} keeps them. */
export function hasKeptBytes(text: string): boolean {
  return KEPT_BYTE.test(text)
}

/**
 * A path in the form `node:fs` wants: the string itself when it is ASCII, else a buffer, because
 * `fs` would encode a string's units above 127 as UTF-8.
 */
export function bytesToPath(bytes: Bytes): string | Buffer {
  return NON_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1') : bytes
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

/** Orders two byte strings by their bytes, for `Array.sort`. */
export function compareBytes(a: Bytes, b: Bytes): number {
  return a < b ? -1 : a > b ? 1 : 0
}
