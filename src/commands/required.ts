/** `git annex required`: the expression that says what a repository must have. */
import type { Command } from '../cli/command.js'
import { repositoryExpression } from '../cli/expression-command.js'

export const required: Command<Record<never, never>, 'annex'> = {
  name: 'required',
  section: 'setup',
  summary: 'shows or sets what a repository must have',
  usage: 'REPOSITORY [EXPRESSION]',
  needs: 'annex',
  options: {},
  run: (annex, { words }) =>
    repositoryExpression(annex, words, { command: 'required', log: 'required-content.log' }),
}
