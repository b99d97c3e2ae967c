/** What `trust`, `untrust`, `semitrust` and `dead` share: recording how far repositories are trusted. */

import { AnnexError } from '../model/errors.js'
import { formatTrust, type TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { getNamedRepository } from './named-repository.js'
import { RepositoryNames } from './repository-list.js'

export interface TrustChange {
  /** The command's name. */
  readonly command: string
  readonly level: TrustLevel
  /** Called for each repository before anything is recorded; throws to refuse. */
  readonly check?: () => void
}

/**
 * Makes the actions that record a trust level.
 * @param words names of repositories
 * @throws AnnexError USAGE when there are none, REMOTE_UNKNOWN
 */
export async function trustActions(
  annex: Annex,
  words: readonly string[],
  change: TrustChange,
): Promise<Action[]> {
  if (words.length === 0) throw new AnnexError('USAGE', 'no repository name specified')
  const names = await RepositoryNames.read(annex)
  return words.map((word) => trustAction(annex, word, getNamedRepository(names, word), change))
}

function trustAction(
  annex: Annex,
  word: string,
  uuid: Uuid,
  { command, level, check }: TrustChange,
): Action {
  return {
    command,
    item: { label: word, input: [word] },
    perform() {
      check?.()
      annex.branch.edit('trust.log', { kind: 'uuid', uuid, value: formatTrust(level) })
      // What is lost belongs to no group any more.
      if (level === 'dead') annex.branch.edit('group.log', { kind: 'uuid', uuid, value: '' })
      return true
    },
  }
}
