/** What `group` and `ungroup` share: recording which groups a repository is in. */
import type { Bytes } from '../model/bytes.js'
import { formatGroups } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'

export interface GroupChange {
  readonly command: string
  /** The words of the command line: repository and group. */
  readonly words: readonly string[]
  readonly uuid: Uuid
  /** From the groups it is in to those it shall be in. */
  change(groups: readonly Bytes[]): readonly Bytes[]
}

/** Makes the action that changes the groups of one repository. */
export function groupAction(annex: Annex, { command, words, uuid, change }: GroupChange): Action {
  return {
    command,
    item: { label: words[0] ?? '', input: words },
    perform() {
      const value = formatGroups(change(annex.branch.groups().get(uuid) ?? []))
      annex.branch.edit('group.log', { kind: 'uuid', uuid, value })
      return true
    },
  }
}
