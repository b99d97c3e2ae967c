/** `git annex describe`: changes the description that people know a repository by. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {} as const

export const describe: Command<typeof options, 'annex'> = {
  name: 'describe',
  section: 'setup',
  summary: 'changes the description of a repository',
  usage: 'REPOSITORY DESCRIPTION',
  needs: 'annex',
  options,
  async *run(annex, { words }) {
    const [name, ...description] = words
    if (name === undefined || description.length === 0)
      throw new AnnexError('USAGE', 'Specify a repository and a description.')
    yield await describeOne(annex, name, description.join(' '))
  },
}

async function describeOne(annex: Annex, name: string, description: string): Promise<Action> {
  const uuid = getNamedRepository(await RepositoryNames.read(annex), name)
  return {
    command: 'describe',
    item: { label: name, input: [name, description] },
    perform() {
      annex.branch.edit('uuid.log', { kind: 'uuid', uuid, value: bytesFromText(description) })
      return true
    },
  }
}
