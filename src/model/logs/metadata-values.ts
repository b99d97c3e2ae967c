/**
 * The tokens of metadata logs: field names and signed values.
 * Pure. Implements spec: the git-annex branch, section 3.5.
 */
import { type Bytes, bytesFromText, bytesToText } from '../bytes.js'

export interface SignedValue {
  readonly value: Bytes
  readonly isSet: boolean
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Parses a value token; undefined when it has no sign or its Base64 is bad. */
export function parseValue(token: Bytes): SignedValue | undefined {
  if (token[0] !== '+' && token[0] !== '-') return undefined
  const isSet = token[0] === '+'
  if (token[1] !== '!') return { value: token.slice(1), isSet }
  const encoded = token.slice(2)
  if (!BASE64.test(encoded)) return undefined
  return { value: Buffer.from(encoded, 'base64').toString('latin1'), isSet }
}

/** Writes a value token; what would break the line goes as Base64. */
export function formatValue(value: Bytes, isSet: boolean): Bytes {
  const sign = isSet ? '+' : '-'
  if (!/^!|[ \r\n]/.test(value)) return sign + value
  return `${sign}!${Buffer.from(value, 'latin1').toString('base64')}`
}

/** Whether readers take a token as the name of a field: any valid UTF-8. */
export function isFieldName(token: Bytes): boolean {
  return bytesFromText(bytesToText(token)) === token
}

const USER_FIELD = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u

/** Whether users may give a field this name; readers are more liberal. */
export function isValidFieldName(name: string): boolean {
  return USER_FIELD.test(name)
}

/** Whether a field is made by readers and never written. */
export function isGeneratedField(name: Bytes): boolean {
  const folded = foldField(name)
  return folded === 'lastchanged' || folded.endsWith('-lastchanged')
}

/** The form in which field names are compared and ordered: Unicode case folding, as UTF-8 bytes. */
export function foldField(name: Bytes): Bytes {
  if (/^[\0-@[-\x7f]*$/.test(name)) return name
  // Upper and lower again folds what lower alone leaves apart (ß and ss); the sigma at the end of a
  // word is the one letter that lower case makes depend on its place.
  const folded = bytesToText(name).toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  return bytesFromText(folded)
}
