/** `git annex group`: the groups that a repository is in, and putting it into one more. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { groupAction } from '../cli/group-command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'

export const group: Command<Record<never, never>, 'annex'> = {
  name: 'group',
  section: 'setup',
  summary: 'shows the groups of a repository, or adds it to one',
  usage: 'REPOSITORY [GROUP]',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    const [word, name] = words
    if (word === undefined || words.length > 2)
      throw new AnnexError('USAGE', 'Specify a repository and a group.')
    const uuid = getNamedRepository(await RepositoryNames.read(annex), word)
    if (name === undefined) yield showGroups(annex, uuid)
    else {
      const change = (groups: readonly string[]) => [...groups, bytesFromText(name)]
      yield groupAction(annex, { command: 'group', words, uuid, change })
    }
  },
}

function showGroups(annex: Annex, uuid: Uuid): Action {
  return {
    command: 'group',
    item: {},
    answer: true,
    perform(ui) {
      ui.line((annex.branch.groups().get(uuid) ?? []).join(' '))
      return true
    },
  }
}
