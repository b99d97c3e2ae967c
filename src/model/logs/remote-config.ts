/**
 * The values of remote.log: `name=value` words that configure a special remote.
 *
 * Pure. Implements spec: the git-annex branch, section 4.1.
 */
import { type Bytes, bytesFromText, bytesToText, compareBytes } from '../bytes.js'

/** Settings of one special remote, by name. */
export type RemoteConfig = ReadonlyMap<Bytes, Bytes>

/** Parses a value of remote.log; words without `=` are settings with an empty value. */
export function parseRemoteConfig(value: Bytes): Map<Bytes, Bytes> {
  const config = new Map<Bytes, Bytes>()
  for (const word of value.split(/[ \t\v\f\r\n]+/)) {
    if (word === '') continue
    const equals = word.indexOf('=')
    if (equals < 0) config.set(word, '')
    else config.set(word.slice(0, equals), unescapeValue(word.slice(equals + 1)))
  }
  return config
}

/** Writes settings ordered by name, white space and `&` of the values escaped. */
export function formatRemoteConfig(config: RemoteConfig): Bytes {
  return [...config]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, value]) => `${name}=${escapeValue(value)}`)
    .join(' ')
}

function escapeValue(value: Bytes): Bytes {
  if (!/[&\s\x80-\xff]/.test(value)) return value
  const text = bytesToText(value)
  // White space beyond ASCII counts too, but text that is no UTF-8 must stay the bytes it is.
  const escapable = bytesFromText(text) === value ? text : value
  const escaped = escapable.replace(/[&\s]/gu, (c) => `&${c.codePointAt(0)};`)
  return escapable === text ? bytesFromText(escaped) : escaped
}

function unescapeValue(value: Bytes): Bytes {
  return value.replace(/&(\d+);/g, (whole, digits: string) => {
    const codePoint = Number(digits)
    return codePoint <= 0x10ffff ? bytesFromText(String.fromCodePoint(codePoint)) : whole
  })
}
