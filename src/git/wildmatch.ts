/**
 * Git's wildcard patterns, as gitattributes and gitignore have them.
 *
 * Pure. Works on bytes, as git does. Implements gitignore(5), "Pattern format".
 */
import type { Bytes } from '../model/bytes.js'

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t-\\r ',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
}

/**
 * Compiles a pattern for a whole path, in which wildcards match no slash unless they are `**`.
 * @returns undefined when the pattern is malformed: it matches nothing
 */
export function compileWildmatch(pattern: Bytes, ignoreCase = false): RegExp | undefined {
  let source = ''
  for (let at = 0; at < pattern.length; ) {
    const part = parsePart(pattern, at)
    if (!part) return undefined
    source += part.source
    at = part.end
  }
  return new RegExp(`^${source}$`, ignoreCase ? 'si' : 's')
}

interface Part {
  readonly source: string
  readonly end: number
}

function parsePart(pattern: Bytes, at: number): Part | undefined {
  switch (pattern[at]) {
    case '?':
      return { source: '[^/]', end: at + 1 }
    case '*':
      return parseStars(pattern, at)
    case '[':
      return parseSet(pattern, at + 1)
    case '\\':
      return at + 1 < pattern.length
        ? { source: literal(pattern[at + 1]!), end: at + 2 }
        : undefined
    default:
      return { source: literal(pattern[at]!), end: at + 1 }
  }
}

/** `**` between slashes, or between a slash and an end, stands for any number of directories. */
function parseStars(pattern: Bytes, start: number): Part {
  let end = start
  while (pattern[end] === '*') end++
  const isAfterSlash = start === 0 || pattern[start - 1] === '/'
  if (end - start < 2 || !isAfterSlash) return { source: '[^/]*', end }
  if (end === pattern.length) return { source: '.*', end }
  return pattern[end] === '/' ? { source: '(?:.*/)?', end: end + 1 } : { source: '[^/]*', end }
}

/** A set whose `[` was read; it never matches a slash. */
function parseSet(pattern: Bytes, start: number): Part | undefined {
  const isNegated = pattern[start] === '!' || pattern[start] === '^'
  let at = isNegated ? start + 1 : start
  let source = ''
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    if (pattern[at] === ']' && !isFirst)
      return { source: `(?!/)[${isNegated ? '^' : ''}${source}]`, end: at + 1 }
    const member = parseClass(pattern, at) ?? parseRange(pattern, at)
    if (!member) return undefined
    source += member.source
    at = member.end
  }
  return undefined
}

function parseClass(pattern: Bytes, at: number): Part | undefined {
  const match = /^\[:([a-z]*):\]/.exec(pattern.slice(at, at + 12))
  if (!match || !Object.hasOwn(CLASSES, match[1]!)) return undefined
  return { source: CLASSES[match[1]!]!, end: at + match[0].length }
}

/** One character or a range; a range that runs backward holds its first character only. */
function parseRange(pattern: Bytes, at: number): Part | undefined {
  const low = parseMember(pattern, at)
  if (!low || pattern[low.end] !== '-' || pattern[low.end + 1] === ']') return low
  const high = parseMember(pattern, low.end + 1)
  if (!high) return undefined
  const isForward = low.source <= high.source
  return { source: isForward ? `${low.source}-${high.source}` : low.source, end: high.end }
}

function parseMember(pattern: Bytes, at: number): Part | undefined {
  const end = pattern[at] === '\\' ? at + 1 : at
  return end < pattern.length ? { source: literal(pattern[end]!), end: end + 1 } : undefined
}

/** The byte by its number, two digits, so that the text of two bytes compares as they do. */
function literal(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
}
