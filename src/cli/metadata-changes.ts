/**
 * What is to happen to a key's metadata, as it is typed: `-s FIELD=VALUE` and its kin, or the fields
 * of a JSON request. Implements spec: CLI, sections 9 and 12 (metadata).
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { MetadataState } from '../model/logs/metadata.js'
import { type MetadataChange, replaceValues } from '../model/logs/metadata-edit.js'
import { foldField, isGeneratedField, isValidFieldName } from '../model/logs/metadata-values.js'

/** One wish; what it changes depends on what there is. */
export type MetadataWish = (state: MetadataState) => readonly MetadataChange[]

/** The options that change something, as the parser gives them. */
export interface MetadataOptions {
  readonly set: readonly string[]
  readonly tag: readonly string[]
  readonly untag: readonly string[]
  readonly remove: readonly string[]
  readonly 'remove-all': boolean
}

/**
 * Reads the options.
 * @returns wishes in the order in which they count, the last most; empty when nothing is to change
 * @throws AnnexError USAGE for a field that may not be named so
 */
export function readWishes(options: MetadataOptions): MetadataWish[] {
  const tag = bytesFromText('tag')
  return [
    ...(options['remove-all'] ? [removeAll] : []),
    ...options.remove.map((text) => replacing(fieldName(text, '-r'), [])),
    ...options.set.map(readSetting),
    ...options.tag.map((text) => one(tag, bytesFromText(text), true)),
    ...options.untag.map((text) => one(tag, bytesFromText(text), false)),
  ]
}

/** All wishes as one change of the log; the last one about a value, or spelling a field, counts. */
export function changesOf(
  wishes: readonly MetadataWish[],
  state: MetadataState,
): readonly MetadataChange[] {
  const changes = wishes.flatMap((wish) => wish(state))
  const spelling = new Map(changes.map(([field]) => [foldField(field), field]))
  return changes.map(([field, value, isSet]) => [spelling.get(foldField(field))!, value, isSet])
}

/**
 * The name of a field that users may give.
 * @param option where it was typed
 * @throws AnnexError USAGE
 */
export function fieldName(text: string, option: string): Bytes {
  if (isValidFieldName(text)) return bytesFromText(text)
  throw new AnnexError('USAGE', `option ${option}: Illegal metadata field name, "${text}"`)
}

/** `FIELD=VALUE`, with `+`, `-` or `?` before the sign; a field alone gets an empty value. */
function readSetting(text: string): MetadataWish {
  const [, name = '', sign = '', given = ''] = /^([^=]*?)([-+?]?)(?:=(.*))?$/s.exec(text) ?? []
  const field = fieldName(name, '-s')
  const value = bytesFromText(given)
  if (sign === '') return replacing(field, [value])
  if (sign !== '?') return one(field, value, sign === '+')
  return ({ fields }) => (fields.has(foldField(field)) ? [] : [[field, value, true]])
}

function one(field: Bytes, value: Bytes, isSet: boolean): MetadataWish {
  return () => [[field, value, isSet]]
}

function replacing(field: Bytes, values: readonly Bytes[]): MetadataWish {
  return (state) => replaceValues(state, field, values)
}

function removeAll(state: MetadataState): MetadataChange[] {
  return [...state.fields.values()].flatMap(({ name }) => replaceValues(state, name, []))
}

/** A line of a batch: what it is about, and what it changes. */
export interface MetadataRequest {
  readonly file: Bytes | undefined
  readonly keyText: Bytes | undefined
  readonly wishes: readonly MetadataWish[]
}

/**
 * Reads a request such as `{"file":"f","fields":{"author":["me"]}}`.
 * @param line as it came in, UTF-8
 * @throws AnnexError USAGE
 */
export function parseMetadataRequest(line: Bytes): MetadataRequest {
  const { file, key, fields } = parseObject(line)
  if (typeof file !== 'string' && typeof key !== 'string')
    throw badRequest('JSON input is missing either file or key')
  const isByKey = typeof key === 'string'
  return {
    file: isByKey ? undefined : bytesFromText(String(file)),
    keyText: isByKey ? bytesFromText(key) : undefined,
    wishes: Object.entries(fields ?? {}).flatMap(([name, values]) => fieldWish(name, values)),
  }
}

/** Generated fields come back with the answers that requests are made of. */
function fieldWish(name: string, values: unknown): MetadataWish[] {
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string'))
    throw badRequest(`the values of "${name}" are no list of texts`)
  if (!isValidFieldName(name)) throw badRequest(`Illegal metadata field name, "${name}"`)
  const field = bytesFromText(name)
  return isGeneratedField(field) ? [] : [replacing(field, values.map(bytesFromText))]
}

function parseObject(line: Bytes): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(bytesToText(line))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw badRequest(`not a valid json value: ${bytesToText(line)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw badRequest('JSON input is no object')
}

function badRequest(why: string): AnnexError {
  return new AnnexError('USAGE', `Batch input parse failure: ${why}`)
}
