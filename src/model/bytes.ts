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

/** The UTF-8 bytes of a text, such as a command line argument. */
export function bytesFromText(text: string): Bytes {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** The text to show a person: UTF-8, invalid bytes as U+FFFD. Not reversible. */
export function bytesToText(bytes: Bytes): string {
  return NON_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
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
