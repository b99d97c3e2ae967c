/** A repository by the name that somebody typed. */
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import type { RepositoryNames } from './repository-list.js'

/**
 * Finds the repository that a word means: remote name, description, uuid, `here` or `.`.
 * @throws AnnexError REMOTE_UNKNOWN
 */
export function getNamedRepository(names: RepositoryNames, name: string): Uuid {
  const uuid = names.find(name)
  if (uuid !== undefined) return uuid
  throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`, {
    hint: 'git annex info lists the repositories that this one knows',
  })
}
