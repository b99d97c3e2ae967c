/** `git annex ungroup`: takes a repository out of a group. */
import type { Command } from '../cli/command.js'
import { groupAction } from '../cli/group-command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

export const ungroup: Command<Record<never, never>, 'annex'> = {
  name: 'ungroup',
  section: 'setup',
  summary: 'takes a repository out of a group',
  usage: 'REPOSITORY GROUP',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    const [word, name] = words
    if (word === undefined || name === undefined || words.length > 2)
      throw new AnnexError('USAGE', 'Specify a repository and a group.')
    const uuid = getNamedRepository(await RepositoryNames.read(annex), word)
    const gone = bytesFromText(name)
    const change = (groups: readonly string[]) => groups.filter((group) => group !== gone)
    yield groupAction(annex, { command: 'ungroup', words, uuid, change })
  },
}
