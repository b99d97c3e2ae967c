/**
 * What is left of a file of the branch without some repositories.
 * Pure. Implements spec: the git-annex branch, section 9.
 */
import type { Bytes } from '../bytes.js'
import type { Uuid } from '../uuid.js'
import { isUuidKeyedMap, logFamily } from './branch-paths.js'
import { chunkGrammar } from './log-edit.js'
import { removeFields } from './map-log.js'
import { removeMetadataFields } from './metadata-edit.js'
import { removeItems } from './presence.js'
import { removeUuids } from './uuid-log.js'

/**
 * Takes out what a file says about repositories, and rewrites the rest in canonical form; a file that
 * says nothing about single repositories stays as it is.
 * @param path its path in the branch, which decides the family
 * @returns the new content; empty means that nothing is left
 */
export function filterLog(path: Bytes, text: Bytes, isRemoved: (uuid: Uuid) => boolean): Bytes {
  const hasRemovedPrefix = (field: Bytes) => isRemoved(field.split(':', 1)[0]!)
  switch (logFamily(path)) {
    case 'location':
      return removeItems(text, isRemoved)
    case 'uuid':
      return removeUuids(text, isRemoved)
    case 'map':
      return isUuidKeyedMap(path) ? removeFields(text, isRemoved) : text
    case 'chunk':
      return removeFields(text, hasRemovedPrefix, chunkGrammar)
    case 'remote-metadata':
      return removeMetadataFields(text, hasRemovedPrefix)
    default:
      return text
  }
}
