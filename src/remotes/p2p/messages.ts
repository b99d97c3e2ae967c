/**
 * The messages of git-annex's P2P protocol, versions 0 to 4, and two of our own: one line each.
 *
 * Pure. What stands in a line from outside is taken apart here and nowhere else: keys are parsed and
 * written anew, numbers are bounded, so nobody behind this sees anything that could name a path.
 * Implements spec: transfer, sections 4.1 and 4.2.
 */
import type { Bytes } from '../../model/bytes.js'
import { formatKey, parseKey } from '../../model/key.js'
import type { Uuid } from '../../model/uuid.js'
import { formatAssociatedFile, parseAssociatedFile } from './associated-file.js'

/** The highest version that we speak. */
export const P2P_VERSION = 4

/** How each kind of parameter is represented. */
interface FieldTypes {
  uuid: Uuid
  uuids: readonly Uuid[]
  refs: readonly Bytes[]
  token: Bytes
  service: Bytes
  feature: Bytes
  text: Bytes
  /** Serialized. */
  key: Bytes
  /** Path for people; empty: none. */
  file: Bytes
  /** Whole numbers from 0 to 2^53. */
  offset: number
  length: number
  number: number
}

type FieldName = keyof FieldTypes

/** The parameters of each message, in order. */
const FIELDS = {
  AUTH: ['uuid', 'token'],
  'AUTH-SUCCESS': ['uuid'],
  'AUTH-FAILURE': [],
  VERSION: ['number'],
  BYPASS: ['uuids'],
  CHECKPRESENT: ['key'],
  LOCKCONTENT: ['key'],
  UNLOCKCONTENT: [],
  REMOVE: ['key'],
  'REMOVE-BEFORE': ['number', 'key'],
  GETTIMESTAMP: [],
  TIMESTAMP: ['number'],
  GET: ['offset', 'file', 'key'],
  PUT: ['file', 'key'],
  'PUT-FROM': ['offset'],
  'ALREADY-HAVE': [],
  'ALREADY-HAVE-PLUS': ['uuids'],
  DATA: ['length'],
  VALID: [],
  INVALID: [],
  'DATA-PRESENT': [],
  SUCCESS: [],
  'SUCCESS-PLUS': ['uuids'],
  FAILURE: [],
  'FAILURE-PLUS': ['uuids'],
  CONNECT: ['service'],
  CONNECTDONE: ['number'],
  NOTIFYCHANGE: [],
  CHANGED: ['refs'],
  ERROR: ['text'],
  // Ours: a server of another make answers `ERROR unknown command`, and goes on.
  SUPPORTS: ['feature'],
  'PUT-WHOLE': ['length', 'file', 'key'],
} as const satisfies Readonly<Record<string, readonly FieldName[]>>

export type MessageName = keyof typeof FIELDS

/** One message: its name and its parameters. */
export type P2pMessage = {
  [N in MessageName]: { readonly name: N } & {
    readonly [F in (typeof FIELDS)[N][number]]: FieldTypes[F]
  }
}[MessageName]

/** The message of one name. */
export type P2pMessageOf<N extends MessageName> = Extract<P2pMessage, { readonly name: N }>

const WHITESPACE = /[ \t\v\f\r]/
const MAX_DIGITS = 15

/**
 * Takes a line apart.
 * @param line without its line feed
 * @returns undefined when it is no message that we know
 */
export function parseMessage(line: Bytes): P2pMessage | undefined {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const end = text.search(WHITESPACE)
  const name = end < 0 ? text : text.slice(0, end)
  if (!Object.hasOwn(FIELDS, name)) return undefined
  const fields: readonly FieldName[] = FIELDS[name as MessageName]
  const message: Record<string, unknown> = { name }
  let rest = end < 0 ? undefined : text.slice(end + 1)
  for (const [at, field] of fields.entries()) {
    const isLast = at === fields.length - 1
    const cut = isLast ? -1 : (rest ?? '').search(WHITESPACE)
    const value = parseField(field, cut < 0 ? rest : rest!.slice(0, cut))
    if (value === undefined) return undefined
    message[field] = value
    rest = cut < 0 ? undefined : rest!.slice(cut + 1)
  }
  return rest ? undefined : (message as P2pMessage)
}

function parseField(field: FieldName, word: Bytes | undefined): unknown {
  // An empty list or text may be left out with the blank before it.
  if (field === 'uuids' || field === 'refs') return (word ?? '').split(WHITESPACE).filter(Boolean)
  if (field === 'text') return word ?? ''
  if (word === undefined) return undefined
  if (field === 'key') {
    const key = parseKey(word)
    return key && formatKey(key)
  }
  if (field === 'file') return parseAssociatedFile(word)
  if (field === 'token') return /^[A-Za-z0-9]+$/.test(word) ? word.toLowerCase() : undefined
  if (field === 'uuid' || field === 'service' || field === 'feature') return word
  return /^\d+$/.test(word) && word.length <= MAX_DIGITS ? Number(word) : undefined
}

/** Puts a message into a line, its line feed included; the inverse of {@link parseMessage}. */
export function formatMessage(message: P2pMessage): Bytes {
  const values = message as unknown as Readonly<Record<FieldName, unknown>>
  let line: Bytes = message.name
  for (const field of FIELDS[message.name] as readonly FieldName[])
    line += ` ${formatField(field, values[field])}`
  return `${line}\n`
}

function formatField(field: FieldName, value: unknown): Bytes {
  if (Array.isArray(value)) return value.join(' ')
  if (field === 'file') return formatAssociatedFile(value as Bytes)
  // What a system call complains about may have several lines.
  return field === 'text' ? String(value).replace(/[\r\n]+/g, ' ') : String(value)
}
