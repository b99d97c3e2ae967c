/** `git annex wanted`: the expression that says what a repository should have. */
import type { Command } from '../cli/command.js'
import { repositoryExpression } from '../cli/expression-command.js'

export const wanted: Command<Record<never, never>, 'annex'> = {
  name: 'wanted',
  section: 'setup',
  summary: 'shows or sets what a repository should have',
  usage: 'REPOSITORY [EXPRESSION]',
  needs: 'annex',
  options: {},
  run: (annex, { words }) =>
    repositoryExpression(annex, words, { command: 'wanted', log: 'preferred-content.log' }),
}
