/**
 * Repository uuids: opaque byte strings in every log; ours are random version-4 UUIDs.
 * Pure but for the random source. Implements spec: repository layout, section 1.
 */
import type { Bytes } from './bytes.js'

declare const uuidBrand: unique symbol
/** The identity of a repository or a special remote. Not empty, no white space. */
export type Uuid = Bytes & { readonly [uuidBrand]?: 'uuid' }

export const WEB_UUID: Uuid = '00000000-0000-0000-0000-000000000001'
export const BITTORRENT_UUID: Uuid = '00000000-0000-0000-0000-000000000002'

/** A new random uuid, lower case. */
export function generateUuid(): Uuid {
  return globalThis.crypto.randomUUID()
}

/** Accepts what may stand in a log line as a uuid; undefined for the empty string or white space. */
export function parseUuid(text: Bytes): Uuid | undefined {
  return /^\S+$/.test(text) ? text : undefined
}

/** Whether a text has the form of a uuid, which a description hardly has. */
export function hasUuidForm(text: Bytes): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
