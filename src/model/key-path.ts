/**
 * Hash directories and the paths made of them.
 *
 * Pure. Implements spec: repository layout, section 4, and the path rules of the git-annex branch.
 */
import type { Bytes } from './bytes.js'
import { digestOf } from './digest.js'
import { escapeKeyFile, formatKey, type Key, parentKey } from './key.js'

const ALPHABET = '0123456789zqjxkmvwgpfZQJXKMVWGPF'

/** `mixed` (two by two characters) or `lower` (three by three). */
export type HashDirs = 'mixed' | 'lower'

/** Everything derived from one MD5 of a key. */
export interface KeyPlaces {
  readonly keyFile: Bytes
  /** Such as `zK/02`, without a slash at the end. */
  readonly mixed: Bytes
  /** Such as `992/280`. */
  readonly lower: Bytes
}

/**
 * Computes the file name and both hash directories of a key.
 * A chunk key uses the directories of its parent.
 */
export function keyPlaces(key: Key): KeyPlaces {
  return keyPlacesOf(formatKey(key), formatKey(parentKey(key)))
}

/** What was asked for last: each command asks for one key several times in a row. */
let last = { serialized: '', parent: '', places: findPlaces('', '') }

/**
 * The same for keys already serialized, for the hot paths that never parse a key.
 * @param serialized a serialized key
 * @param parent the serialized parent, which differs for chunk keys only
 */
export function keyPlacesOf(serialized: Bytes, parent: Bytes = serialized): KeyPlaces {
  if (last.serialized !== serialized || last.parent !== parent)
    last = { serialized, parent, places: findPlaces(serialized, parent) }
  return last.places
}

function findPlaces(serialized: Bytes, parent: Bytes): KeyPlaces {
  const digest = digestOf('md5', parent)
  const hex = digest.toString('hex', 0, 3)
  const word = digest.readUInt32LE(0)
  const c = (i: number) => ALPHABET[(word >>> (6 * i)) & 31]!
  return {
    keyFile: escapeKeyFile(serialized),
    mixed: `${c(1)}${c(0)}/${c(3)}${c(2)}`,
    lower: `${hex.slice(0, 3)}/${hex.slice(3, 6)}`,
  }
}

/** Path of an object below the annex directory: `objects/HASHDIR/KEYFILE/KEYFILE`. */
export function objectPath(places: KeyPlaces, dirs: HashDirs): Bytes {
  return `objects/${places[dirs]}/${places.keyFile}/${places.keyFile}`
}

/** Path of a key's log in the git-annex branch; suffix `.log`, `.log.web`, `.log.met` … */
export function keyLogPath(places: KeyPlaces, suffix = '.log'): Bytes {
  return `${places.lower}/${places.keyFile}${suffix}`
}
