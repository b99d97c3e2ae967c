/**
 * Format strings of `--format`: `${variable}` and backslash escapes (spec: CLI, section 11.5).
 * Pure. Foreign input is never refused here: what is no variable stands for itself, as in git-annex.
 */
import type { Bytes } from '../model/bytes.js'
import { C_ESCAPES } from '../model/c-escapes.js'

/** A piece of a template: literal text, or a variable with its layout. */
export type TemplatePart = Bytes | Variable

export interface Variable {
  readonly name: Bytes
  /** Columns to fill: positive aligns right, negative left, 0 not at all. */
  readonly width: number
  readonly isEscaped: boolean
}

const TOKEN = /\$\{([^}]*)\}|\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|([\s\S]))/g
const ESCAPE_NAMES = Object.fromEntries(Object.entries(C_ESCAPES).map(([name, c]) => [c, name]))

/** Splits a format string into its parts. */
export function parseTemplate(text: Bytes): TemplatePart[] {
  const parts: TemplatePart[] = []
  let literal: Bytes = ''
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    const [whole, variable, hex, octal, escaped] = match
    literal += text.slice(end, match.index)
    end = match.index + whole.length
    if (variable !== undefined) {
      if (literal !== '') parts.push(literal)
      literal = ''
      parts.push(parseVariable(variable))
    } else if (hex !== undefined) literal += String.fromCharCode(Number.parseInt(hex, 16))
    else if (octal !== undefined) literal += String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    else literal += C_ESCAPES[escaped!] ?? escaped
  }
  literal += text.slice(end)
  if (literal !== '') parts.push(literal)
  return parts
}

function parseVariable(text: Bytes): Variable {
  const semicolon = text.indexOf(';')
  const full = semicolon < 0 ? text : text.slice(0, semicolon)
  const width = semicolon < 0 ? '' : text.slice(semicolon + 1)
  const isEscaped = full.startsWith('escaped_')
  return {
    name: isEscaped ? full.slice('escaped_'.length) : full,
    width: /^-?\d+$/.test(width) ? Number(width) : 0,
    isEscaped,
  }
}

/**
 * Fills in a template.
 * @param lookUp the value of a variable; undefined shows nothing
 */
export function renderTemplate(
  template: readonly TemplatePart[],
  lookUp: (name: Bytes) => Bytes | undefined,
): Bytes {
  let text: Bytes = ''
  for (const part of template) {
    if (typeof part === 'string') text += part
    else {
      const value = lookUp(part.name) ?? ''
      const shown = part.isEscaped ? escapeBytes(value) : value
      text += part.width < 0 ? shown.padEnd(-part.width) : shown.padStart(part.width)
    }
  }
  return text
}

/** Whether a template uses a variable, so that its value must be looked up. */
export function usesVariable(template: readonly TemplatePart[], name: Bytes): boolean {
  return template.some((part) => typeof part !== 'string' && part.name === name)
}

/** Shows blanks, quotes, backslashes and every byte that is no printable ASCII as C escapes. */
function escapeBytes(bytes: Bytes): Bytes {
  return bytes.replace(/[^!#-[\]-~]/g, (c) => {
    if (c === '"' || c === '\\') return `\\${c}`
    const name = ESCAPE_NAMES[c]
    return `\\${name ?? c.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
}
