/**
 * Globs of matching expressions.
 *
 * Pure. Implements spec: command line, section 4.3. Unlike a shell's, `*` matches slashes and leading
 * dots, a backslash is itself, and there are no braces. Names are bytes; where they are UTF-8, `?`
 * and `[…]` see characters, and a byte that is not UTF-8 counts as one character.
 */
import { isUtf8 } from 'node:buffer'
import { type Bytes, bytesToBuffer } from './bytes.js'

/** Tells whether a name matches. */
export type Glob = (name: Bytes) => boolean

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{N}',
  alpha: '\\p{L}',
  blank: ' \\t',
  cntrl: '\\p{Cc}',
  digit: '0-9',
  graph: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}',
  lower: '\\p{Ll}',
  print: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ',
  punct: '\\p{P}\\p{S}',
  space: '\\s',
  upper: '\\p{Lu}',
  xdigit: '0-9A-Fa-f',
}

/**
 * Compiles a glob for the whole of a name.
 * @param pattern any bytes; one with an unclosed `[` matches nothing
 * @param options ignoreCase: for metadata; file names are always compared exactly
 */
export function compileGlob(pattern: Bytes, options: { ignoreCase?: boolean } = {}): Glob {
  if (pattern === '*') return () => true
  // Runs of stars mean one; collapsed, so that no pattern backtracks in cubes.
  const characters = [...decode(pattern).replace(/\*+/g, '*')]
  const source = toRegExpSource(characters)
  if (source === undefined) return () => false
  const regExp = new RegExp(`^${source}$`, options.ignoreCase ? 'sui' : 'su')
  return (name) => regExp.test(decode(name))
}

/** Undefined when a set is not closed, has a backward range or an unknown class. */
function toRegExpSource(characters: readonly string[]): string | undefined {
  let source = ''
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (character === '/') source += '/+'
    else if (character === '[') {
      const set = parseSet(characters, i + 1)
      if (!set) return undefined
      source += set.source
      i = set.end
    } else source += literal(character)
  }
  return source
}

/** A set whose `[` was read. @returns `end`: the place of its `]` */
function parseSet(
  all: readonly string[],
  start: number,
): { source: string; end: number } | undefined {
  let at = start
  const isNegated = all[at] === '!' || all[at] === '^'
  if (isNegated) at++
  let source = ''
  while (at < all.length) {
    // A `]` that comes first is a member.
    if (all[at] === ']' && source !== '')
      return { source: `[${isNegated ? '^' : ''}${source}]`, end: at }
    const member = parseClass(all, at) ?? parseRange(all, at)
    if (!member) return undefined
    source += member.source
    at = member.end
  }
  return undefined
}

/** A class such as `[:digit:]`; undefined for an unknown one, whose `[` is then a member. */
function parseClass(
  all: readonly string[],
  at: number,
): { source: string; end: number } | undefined {
  if (all[at] !== '[' || all[at + 1] !== ':') return undefined
  const close = all.indexOf(':', at + 2)
  if (close < 0 || all[close + 1] !== ']') return undefined
  const name = all.slice(at + 2, close).join('')
  return Object.hasOwn(CLASSES, name) ? { source: CLASSES[name]!, end: close + 2 } : undefined
}

/** One character, or a range of them. */
function parseRange(
  all: readonly string[],
  at: number,
): { source: string; end: number } | undefined {
  const low = all[at]!
  const isRange = all[at + 1] === '-' && all[at + 2] !== ']' && at + 2 < all.length
  if (!isRange) return { source: literal(low), end: at + 1 }
  const high = all[at + 2]!
  if (high.codePointAt(0)! < low.codePointAt(0)!) return undefined
  return { source: `${literal(low)}-${literal(high)}`, end: at + 3 }
}

/** As code point: right inside and outside of sets, whatever the character means there. */
function literal(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

/** UTF-8 to characters; each byte that is no UTF-8 becomes U+DC80 to U+DCFF. */
function decode(bytes: Bytes): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes
  const buffer = bytesToBuffer(bytes)
  if (isUtf8(buffer)) return buffer.toString('utf8')
  let text = ''
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at)
    text +=
      length === 0
        ? String.fromCharCode(0xdc00 + buffer[at]!)
        : buffer.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return text
}

/** Length of the valid UTF-8 sequence that starts here; 0 when none does. */
function sequenceLength(buffer: Buffer, at: number): number {
  const lead = buffer[at]!
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  return length > 0 && isUtf8(buffer.subarray(at, at + length)) ? length : 0
}
