/** WORM keys: made of a file's size, time and path; the content is not read. */
import type { Bytes } from '../model/bytes.js'
import type { Key } from '../model/key.js'
import { keyName, resanitizeKeyName } from '../model/key-name.js'

/** The stat data and place of a file. */
export interface WormFile {
  readonly sizeBytes: number | bigint
  /** Whole seconds since 1970, rounded down. */
  readonly mtimeSeconds: number | bigint
  /** Relative to the top of the work tree. */
  readonly path: Bytes
}

/** The serialized WORM key of a file (spec: keys and backends, section 5). */
export function wormKeyText(file: WormFile): Bytes {
  return `WORM-s${file.sizeBytes}-m${file.mtimeSeconds}--${keyName(file.path)}`
}

/**
 * A WORM key without the characters that old versions let through (spec, section 8).
 * @returns the same key when there is nothing to change
 */
export function upgradeWormKey(key: Key): Key {
  const name = resanitizeKeyName(key.name)
  return name === key.name ? key : { ...key, name }
}
