/**
 * The extension that an `E` key carries, chosen from a file's name.
 *
 * Pure. Implements spec: keys and backends, section 4. Works on bytes: a length limit counts bytes,
 * every byte above 127 is allowed, and case is kept.
 */
import type { Bytes } from './bytes.js'

export interface ExtensionLimits {
  /** Longest part of an extension, in bytes and without its dot (`annex.maxextensionlength`). */
  readonly maxLength: number
  /** How many parts an extension may have (`annex.maxextensions`). */
  readonly maxExtensions: number
}

export const DEFAULT_EXTENSION_LIMITS: ExtensionLimits = { maxLength: 4, maxExtensions: 2 }

const INVALID = /[^0-9A-Za-z\x80-\xff]/
const DOT = 46

/**
 * Chooses the extension of an `E` key.
 * @param fileName a name or a path with `/`; only its last component counts
 * @returns each kept part with a dot before it, such as `.tar.gz`; empty when there is none
 */
export function selectExtension(
  fileName: Bytes,
  limits: ExtensionLimits = DEFAULT_EXTENSION_LIMITS,
): Bytes {
  let start = fileName.lastIndexOf('/') + 1
  while (fileName.charCodeAt(start) === DOT) start++
  const firstDot = fileName.indexOf('.', start)
  let extension = ''
  let kept = 0
  let end = fileName.length
  while (firstDot >= 0 && end >= firstDot && kept < limits.maxExtensions) {
    // The text before the first dot belongs to the name; the part "before" that dot is empty.
    const dot = end > firstDot ? fileName.lastIndexOf('.', end - 1) : end - 1
    const part = fileName.slice(dot + 1, end)
    if (part.length > limits.maxLength) break
    end = dot
    if (INVALID.test(part)) continue
    kept++
    if (part !== '') extension = `.${part}${extension}`
  }
  return extension
}

/** Whether an extension, dots included, has only characters that one may have. */
export function isValidExtension(extension: Bytes): boolean {
  return !INVALID.test(extension.replaceAll('.', ''))
}

/**
 * Reads the two settings; what is no number counts as not set, as in git-annex.
 * @param settings the values of `annex.maxextensionlength` and `annex.maxextensions`
 */
export function parseExtensionLimits(settings: {
  maxExtensionLength?: Bytes | undefined
  maxExtensions?: Bytes | undefined
}): ExtensionLimits {
  return {
    maxLength: numberOr(settings.maxExtensionLength, DEFAULT_EXTENSION_LIMITS.maxLength),
    maxExtensions: numberOr(settings.maxExtensions, DEFAULT_EXTENSION_LIMITS.maxExtensions),
  }
}

function numberOr(text: Bytes | undefined, fallback: number): number {
  return text !== undefined && /^\s*-?\d+\s*$/.test(text) ? Number(text) : fallback
}
