/** The parts of a key as find, whereis and examinekey show them, in formats and in JSON. */
import type { Bytes } from '../model/bytes.js'
import { type Key, parseKey } from '../model/key.js'
import { type KeyPlaces, keyPlaces } from '../model/key-path.js'
import { formatSize } from '../model/units.js'

const UNKNOWN = 'unknown'

/** Names of the fields, in the order git-annex prints them. */
export const KEY_FIELDS = [
  'backend',
  'bytesize',
  'hashdirlower',
  'hashdirmixed',
  'humansize',
  'key',
  'keyname',
  'mtime',
] as const

/** Looks up the fields of one key; what costs time is computed when it is asked for. */
export class KeyFields {
  readonly #keyText: Bytes
  readonly #key: Key
  #places: KeyPlaces | undefined

  /** @param keyText a serialized key */
  constructor(keyText: Bytes) {
    const key = parseKey(keyText)
    if (!key) throw new Error(`Not a key: ${keyText}`)
    this.#keyText = keyText
    this.#key = key
  }

  /** The value of a field; undefined for a name that is none. */
  get(name: Bytes): Bytes | undefined {
    const { backend, name: keyName, sizeBytes, mtimeSeconds } = this.#key
    switch (name) {
      case 'backend':
        return backend
      case 'bytesize':
        return sizeBytes === undefined ? UNKNOWN : String(sizeBytes)
      case 'humansize':
        return sizeBytes === undefined ? UNKNOWN : formatSize(sizeBytes, 'short')
      case 'hashdirlower':
        return `${this.places.lower}/`
      case 'hashdirmixed':
        return `${this.places.mixed}/`
      case 'key':
        return this.#keyText
      case 'keyname':
        return keyName
      case 'mtime':
        return mtimeSeconds === undefined ? UNKNOWN : String(mtimeSeconds)
      default:
        return undefined
    }
  }

  get places(): KeyPlaces {
    this.#places ??= keyPlaces(this.#key)
    return this.#places
  }
}
