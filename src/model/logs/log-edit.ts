/**
 * Edits of branch files, as values: what a journal records and a commit carries out.
 *
 * Pure. Implements the write rules of spec: the git-annex branch, section 3. Doing an edit a second
 * time changes nothing, so a journal that is carried out again after a crash does no harm.
 */
import type { Bytes } from '../bytes.js'
import type { Uuid } from '../uuid.js'
import type { Clock } from '../vector-clock.js'
import { logFamily } from './branch-paths.js'
import { type EntryGrammar, setMapValue } from './map-log.js'
import { addMetadata, type MetadataChange } from './metadata-edit.js'
import { type PresenceStatus, setItemPresence, setKeyDead, setPresence } from './presence.js'
import { formatRemoteConfig, parseRemoteConfig } from './remote-config.js'
import { setNumber } from './single-value.js'
import { groupGrammar, trustGrammar } from './trust-log.js'
import { anyValue, setUuidValue, type ValueGrammar } from './uuid-log.js'

/** A change of one branch file; its kind must fit the file's family. */
export type LogEdit =
  | { readonly kind: 'presence'; readonly item: Bytes; readonly status: PresenceStatus }
  | { readonly kind: 'key-dead' }
  | { readonly kind: 'uuid'; readonly uuid: Uuid; readonly value: Bytes }
  | { readonly kind: 'map'; readonly field: Bytes; readonly value: Bytes }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'metadata'; readonly changes: readonly MetadataChange[] }

/** How values of a log keyed by uuid are read, and written back when the file is rewritten. */
export function uuidValueGrammar(path: Bytes): ValueGrammar {
  if (path === 'trust.log') return trustGrammar
  if (path === 'group.log') return groupGrammar
  if (path === 'remote.log') return (value) => formatRemoteConfig(parseRemoteConfig(value))
  return anyValue
}

/** Chunk logs: FIELD `UUID:CHUNKSIZE`, VALUE a count. Other chunking methods are preserved. */
export const chunkGrammar: EntryGrammar = (field, value) =>
  field.includes(':') && /^\d+$/.test(value)

/**
 * Carries out an edit.
 * @param path the file's path in the branch
 * @param text its content, empty when there is no such file
 * @param edit what to change
 * @param clock when that became true
 * @returns the new content; `text` itself when nothing changes
 * @throws Error when the edit does not fit the family of the file
 */
export function applyLogEdit(path: Bytes, text: Bytes, edit: LogEdit, clock: Clock): Bytes {
  const family = logFamily(path)
  switch (edit.kind) {
    case 'presence':
      if (family === 'location') return setPresence(text, { ...edit, clock })
      if (family === 'item-presence') return setItemStatus(text, edit, clock)
      break
    case 'key-dead':
      if (family === 'location') return setKeyDead(text)
      break
    case 'uuid':
      if (family === 'uuid') return setUuidValue(text, { ...edit, clock }, uuidValueGrammar(path))
      break
    case 'map':
      if (family === 'map') return setMapValue(text, { ...edit, clock })
      if (family === 'chunk') return setMapValue(text, { ...edit, clock }, chunkGrammar)
      break
    case 'number':
      if (family === 'number') return setNumber(text, { ...edit, clock })
      break
    case 'metadata':
      if (family === 'metadata' || family === 'remote-metadata')
        return addMetadata(text, { ...edit, clock })
  }
  throw new Error(`An edit of kind ${edit.kind} does not fit the branch file ${path}`)
}

function setItemStatus(text: Bytes, edit: LogEdit & { kind: 'presence' }, clock: Clock): Bytes {
  return setItemPresence(text, { item: edit.item, status: edit.status, clock })
}

/** The uuid that an edit is about; undefined when it is about none, such as numcopies. */
export function editedUuid(path: Bytes, edit: LogEdit): Uuid | undefined {
  switch (edit.kind) {
    case 'presence':
      return logFamily(path) === 'location' ? edit.item : undefined
    case 'uuid':
      return edit.uuid
    case 'map':
      return path.includes('/') ? edit.field.split(':', 1)[0]! : undefined
    default:
      return undefined
  }
}
