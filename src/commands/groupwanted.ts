/** `git annex groupwanted`: what repositories with the expression `groupwanted` should have. */
import type { Command } from '../cli/command.js'
import { expressionAction } from '../cli/expression-command.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const LOG = 'group-preferred-content.log'

export const groupwanted: Command<Record<never, never>, 'annex'> = {
  name: 'groupwanted',
  section: 'setup',
  summary: 'shows or sets what the repositories of a group should have',
  usage: 'GROUP [EXPRESSION]',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    const [word, text] = words
    if (word === undefined || words.length > 2) throw new AnnexError('USAGE', 'Specify a group.')
    const field = bytesFromText(word)
    const place = {
      command: 'groupwanted',
      word,
      log: LOG,
      read: () => annex.branch.mapLog(LOG).get(field),
      edit: (value: string) => ({ kind: 'map', field, value }) as const,
    }
    yield expressionAction(annex, place, text)
  },
}
