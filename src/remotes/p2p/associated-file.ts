/**
 * File names in P2P messages: what a content is called, for people only; never a path to be opened.
 * Implements spec: transfer, section 4.1.
 */
import type { Bytes } from '../../model/bytes.js'

const WHITESPACE = /[ \t\n\v\f\r]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROL = /[\x00-\x1f\x7f]/g

/**
 * Encodes a name as one word.
 * @param file path from the top of the work tree; undefined: none
 */
export function formatAssociatedFile(file: Bytes | undefined): Bytes {
  return (file ?? '').replaceAll('%', '%%').replace(WHITESPACE, '%')
}

/**
 * Decodes a name as far as it can be: whitespace was lost.
 * @returns undefined for what cannot stand there, an absolute path
 */
export function parseAssociatedFile(word: Bytes): Bytes | undefined {
  if (word.startsWith('/')) return undefined
  return word.replace(/%%?/g, (sign) => (sign === '%%' ? '%' : '_')).replace(CONTROL, '_')
}
