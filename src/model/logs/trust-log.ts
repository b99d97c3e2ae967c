/** The values of trust.log and group.log. Pure. Spec: the git-annex branch, section 4. */
import type { Bytes } from '../bytes.js'
import type { ValueGrammar } from './uuid-log.js'

/** How far a repository's claim to have a content is believed. */
export type TrustLevel = 'trusted' | 'semitrusted' | 'untrusted' | 'dead'

const CODES: Readonly<Record<TrustLevel, Bytes>> = {
  trusted: '1',
  untrusted: '0',
  semitrusted: '?',
  dead: 'X',
}

/** The character for a level. */
export function formatTrust(level: TrustLevel): Bytes {
  return CODES[level]
}

/** Reads a value of trust.log; undefined when it is longer than one character. */
export function parseTrust(value: Bytes): TrustLevel | undefined {
  if (value.length > 1) return undefined
  if (value === '' || value === '1') return 'trusted'
  return value === '0' ? 'untrusted' : value === 'X' ? 'dead' : 'semitrusted'
}

/** The grammar of trust.log's values. */
export const trustGrammar: ValueGrammar = (value) => {
  const level = parseTrust(value)
  return level && CODES[level]
}

/** Reads a value of group.log: names ordered by bytes, each once. */
export function parseGroups(value: Bytes): Bytes[] {
  return [...new Set(value.split(/[ \t\v\f]+/).filter((name) => name !== ''))].sort()
}

/** Writes a set of groups. */
export function formatGroups(groups: Iterable<Bytes>): Bytes {
  return [...new Set(groups)].sort().join(' ')
}

/** The grammar of group.log's values. */
export const groupGrammar: ValueGrammar = (value) => formatGroups(parseGroups(value))
