/**
 * The list that `unused` leaves for commands that work on unused keys: lines `NUMBER KEY TIMEs`, in
 * any order; old versions left the time out. The number is what users type.
 *
 * Pure. Implements spec: numcopies, section 7.
 */
import type { Bytes } from './bytes.js'
import { formatKey, parseKey } from './key.js'

/** A key that nothing uses. */
export interface UnusedKey {
  /** From 1. */
  readonly number: number
  /** Serialized. */
  readonly keyText: Bytes
  /** When it was first found to be unused: seconds since 1970 as decimal text; old lists lack it. */
  readonly since: Bytes | undefined
}

const LINE = /^(\d+) (.+?)(?: (\d+(?:\.\d+)?)s)?$/s

/** Reads a list; lines that are none are left out. */
export function parseUnusedList(text: Bytes): UnusedKey[] {
  return text.split('\n').flatMap((line) => {
    const match = LINE.exec(line)
    const key = match && parseKey(match[2]!)
    return key ? [{ number: Number(match[1]), keyText: formatKey(key), since: match[3] }] : []
  })
}

/** Writes a list, one line a key. */
export function formatUnusedList(keys: readonly UnusedKey[]): Bytes {
  return keys
    .map(({ number, keyText, since }) => `${number} ${keyText}${since ? ` ${since}s` : ''}\n`)
    .join('')
}
