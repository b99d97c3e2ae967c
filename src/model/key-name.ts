/**
 * Names of WORM and URL keys: a path or URL made safe for a file name, and short.
 *
 * Pure. Implements spec: keys and backends, section 5 (`keyName`).
 */

import type { Bytes } from './bytes.js'
import { startDigest } from './digest.js'

/** Longer texts are cut and get their MD5, so that names stay within what file systems take. */
const MAX_WHOLE_BYTES = 64
const CUT_BYTES = 31
/** Bytes that are not UTF-8 become these code points, as in the file system encoding of GHC. */
const ESCAPED_BYTE = 0xdc00
const SAFE = /^[0-9A-Za-z._/%:-]*$/

/**
 * The name of a WORM or URL key.
 * @param text a path relative to the top of the work tree, or a URL; any bytes
 */
export function keyName(text: Bytes): Bytes {
  const name = sanitize(text, ',,')
  if (text.length <= MAX_WHOLE_BYTES) return name
  return `${name.slice(0, CUT_BYTES)}-${startDigest('md5').update(text, 'latin1').digest('hex')}`
}

/**
 * Makes the name of an old WORM key safe, for `migrate`: what a comma stands for is known no longer,
 * so commas stay, and nothing is cut.
 * @param name the name of a key, as some git-annex made it
 */
export function resanitizeKeyName(name: Bytes): Bytes {
  return sanitize(name, ',')
}

function sanitize(text: Bytes, comma: Bytes): Bytes {
  if (SAFE.test(text)) return text
  let result = ''
  for (let at = 0; at < text.length; ) {
    const length = sequenceLength(text, at)
    const unit = text[at]!
    if (unit === ',') result += comma
    else if (SAFE.test(unit)) result += unit
    else
      result += `,${length === 0 ? ESCAPED_BYTE + text.charCodeAt(at) : codePoint(text, at, length)}`
    at += length || 1
  }
  return result
}

/** Bytes of the UTF-8 sequence that starts here; 0 when none does. */
function sequenceLength(text: Bytes, at: number): number {
  const first = text.charCodeAt(at)
  if (first < 0x80) return 1
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  for (let i = 1; i < length; i++) {
    const byte = text.charCodeAt(at + i)
    // NaN at the end of the text fails this too.
    if (!(byte >= 0x80 && byte <= 0xbf)) return 0
  }
  if (length < 3) return length
  const point = codePoint(text, at, length)
  const isOverlong = point < (length === 3 ? 0x800 : 0x10000)
  const isSurrogate = point >= 0xd800 && point <= 0xdfff
  return isOverlong || isSurrogate || point > 0x10ffff ? 0 : length
}

function codePoint(text: Bytes, at: number, length: number): number {
  let point = length === 1 ? text.charCodeAt(at) : text.charCodeAt(at) & (0xff >> (length + 1))
  for (let i = 1; i < length; i++) point = (point << 6) | (text.charCodeAt(at + i) & 0x3f)
  return point
}
