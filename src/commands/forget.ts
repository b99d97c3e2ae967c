/** `git annex forget --force`: rewrites the git-annex branch without its history. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import type { TransitionName } from '../model/logs/transitions.js'

const options = {
  'drop-dead': { type: 'boolean', summary: 'also forget what is recorded of dead repositories' },
} as const

export const forget: Command<typeof options, 'annex'> = {
  name: 'forget',
  section: 'setup',
  summary: 'forgets the history of the git-annex branch',
  usage: '',
  needs: 'annex',
  options,
  async *run(annex, { options }) {
    const names: TransitionName[] = ['ForgetGitHistory']
    if (options['drop-dead']) names.push('ForgetDeadRemotes')
    yield forgetAction(annex, names, options.force)
  },
}

function forgetAction(annex: Annex, names: readonly TransitionName[], isForced: boolean): Action {
  return {
    command: 'forget',
    item: { label: 'git-annex' },
    perform(ui) {
      if (!isForced) {
        ui.longNote(
          'To forget git-annex branch history, you must specify --force. This deletes metadata!',
        )
        return false
      }
      annex.branch.forget(names)
      return true
    },
  }
}
