/**
 * Lines of attributes files, `PATTERN ATTRIBUTE …`: reading them, quoting patterns, and changing the
 * lines for one pattern while all others stay as they are. Implements gitattributes(5).
 */
import type { Bytes } from '../model/bytes.js'
import { C_ESCAPES } from '../model/c-escapes.js'

/** Text, `set`, `unset`, or undefined for "unspecified". */
export type AttributeValue = Bytes | undefined

/** Longer lines are ignored by git. */
export const MAX_LINE_BYTES = 2048

const LINE = /^[ \t\r]*(?!#)("(?:[^"\\]|\\.)*"|[^ \t\r]+)(.*)$/s

/**
 * Reads one line, without its newline.
 * @param names the attributes to keep
 * @returns the pattern without quotes; undefined for a line that says nothing about the attributes,
 *   or nothing at all
 */
export function parseAttributeLine(
  line: Bytes,
  names: readonly string[],
): { pattern: Bytes; values: Map<string, AttributeValue> } | undefined {
  const split = splitLine(line)
  const values = split && parseValues(split.attributes, names)
  return values && { pattern: split.pattern, values }
}

function splitLine(line: Bytes): { pattern: Bytes; attributes: Bytes } | undefined {
  const match = line.length < MAX_LINE_BYTES ? LINE.exec(line) : undefined
  if (!match) return undefined
  const pattern = match[1]!.startsWith('"') ? unquote(match[1]!) : match[1]!
  return { pattern, attributes: match[2]! }
}

/** A pattern as it stands in a file: quoted where it would be cut or taken for something else. */
export function quotePattern(pattern: Bytes): Bytes {
  if (!/^[#"]|[^!-\xff]/.test(pattern)) return pattern
  const quoted = pattern.replace(/["\\]|[^ -\xff]/g, (char) =>
    char === '"' || char === '\\'
      ? `\\${char}`
      : `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
  return `"${quoted}"`
}

/** A pattern that matches this path alone. */
export function literalPattern(path: Bytes): Bytes {
  return path.replace(/[\\*?[]/g, '\\$&').replace(/^!/, '\\!')
}

/** A line that sets an attribute to a value. */
export interface PatternLine {
  readonly pattern: Bytes
  /** Counted from 1. */
  readonly line: number
}

/** The lines of a file that set an attribute to a value, in their order. */
export function linesWith(text: Bytes, name: string, value: Bytes): PatternLine[] {
  return text.split('\n').flatMap((line, i) => {
    const parsed = parseAttributeLine(line, [name])
    return parsed?.values.get(name) === value ? [{ pattern: parsed.pattern, line: i + 1 }] : []
  })
}

/**
 * Gives attributes to a pattern: on the last line that has the pattern, else on a new one. Other
 * attributes of that line stay.
 * @param attributes tokens such as `diff=annex` or `-text`
 * @returns the new text; the same when nothing was missing
 */
export function withAttributes(text: Bytes, pattern: Bytes, attributes: readonly Bytes[]): Bytes {
  const lines = text.split('\n')
  const at = lines.findLastIndex((line) => splitLine(line)?.pattern === pattern)
  if (at < 0) {
    const before = text === '' || text.endsWith('\n') ? text : `${text}\n`
    return `${before}${quotePattern(pattern)} ${attributes.join(' ')}\n`
  }
  const present = tokensOf(lines[at]!)
  if (attributes.every((token) => present.includes(token))) return text
  const names = new Set(attributes.map(nameOf))
  const kept = present.filter((token) => !names.has(nameOf(token)))
  lines[at] = [quotePattern(pattern), ...kept, ...attributes].join(' ')
  return lines.join('\n')
}

/**
 * Takes attributes from a pattern, whatever their values; lines that are empty then go.
 * @returns the new text; the same when there was nothing to take
 */
export function withoutAttributes(
  text: Bytes,
  pattern: Bytes,
  attributes: readonly Bytes[],
): Bytes {
  const names = new Set(attributes.map(nameOf))
  const lines = text.split('\n').flatMap((line) => {
    if (splitLine(line)?.pattern !== pattern) return [line]
    const present = tokensOf(line)
    const kept = present.filter((token) => !names.has(nameOf(token)))
    if (kept.length === present.length) return [line]
    return kept.length === 0 ? [] : [[quotePattern(pattern), ...kept].join(' ')]
  })
  return lines.join('\n')
}

function tokensOf(line: Bytes): Bytes[] {
  return splitLine(line)?.attributes.match(/[^ \t\r]+/g) ?? []
}

function nameOf(token: Bytes): Bytes {
  return token.replace(/^[-!]/, '').replace(/=.*$/s, '')
}

/**
 * The attributes of a line that we keep; of one named twice the last counts.
 * @returns undefined when there are none, and for a line that git rejects for a bad name
 */
function parseValues(
  text: Bytes,
  names: readonly string[],
): Map<string, AttributeValue> | undefined {
  const values = new Map<string, AttributeValue>()
  for (const token of text.match(/[^ \t\r]+/g) ?? []) {
    const match = /^([-!]?)([A-Za-z0-9_.][-A-Za-z0-9_.]*)(?:=(.*))?$/s.exec(token)
    if (!match) return undefined
    const [, prefix, name, value] = match
    if (!names.includes(name!)) continue
    if (prefix === '!') values.set(name!, undefined)
    else values.set(name!, prefix === '-' ? 'unset' : (value ?? 'set'))
  }
  return values.size > 0 ? values : undefined
}

/** Undoes git's C-style quoting. @param quoted with its quotation marks */
function unquote(quoted: Bytes): Bytes {
  return quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|[\s\S])/g, (_, code: string) =>
      code.length === 3
        ? String.fromCharCode(Number.parseInt(code, 8) & 255)
        : (C_ESCAPES[code] ?? code),
    )
}
