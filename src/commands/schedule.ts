/** `git annex schedule`: what a repository's assistant is to do now and then. */
import type { Command } from '../cli/command.js'
import { repositoryExpression } from '../cli/expression-command.js'
import { normaliseSchedule } from '../model/schedule.js'

export const schedule: Command<Record<never, never>, 'annex'> = {
  name: 'schedule',
  section: 'setup',
  summary: 'shows or sets scheduled jobs of a repository',
  usage: 'REPOSITORY [JOBS]',
  needs: 'annex',
  options: {},
  run: (annex, { words }) =>
    repositoryExpression(annex, words, {
      command: 'schedule',
      log: 'schedule.log',
      parse: normaliseSchedule,
    }),
}
