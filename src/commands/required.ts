/** `git annex required`: the expression that says what a repository must have. */
import type { Command } from '../cli/command.js'
import { expressionAction } from '../cli/expression-command.js'
import { getNamedRepository } from '../cli/named-repository.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { AnnexError } from '../model/errors.js'

const LOG = 'required-content.log'

export const required: Command<Record<never, never>, 'annex'> = {
  name: 'required',
  section: 'setup',
  summary: 'shows or sets what a repository must have',
  usage: 'REPOSITORY [EXPRESSION]',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    const [word, text] = words
    if (word === undefined || words.length > 2)
      throw new AnnexError('USAGE', 'Specify a repository.')
    const uuid = getNamedRepository(await RepositoryNames.read(annex), word)
    const place = {
      command: 'required',
      word,
      log: LOG,
      read: () => annex.branch.uuidLog(LOG).get(uuid),
      edit: (value: string) => ({ kind: 'uuid', uuid, value }) as const,
    }
    yield expressionAction(annex, place, text)
  },
}
