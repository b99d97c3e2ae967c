/**
 * `git annex post-receive`: after a push came in, takes over what the pusher has recorded and finishes
 * a checkout that git has updated (receive.denyCurrentBranch=updateInstead).
 */
import type { Command } from '../cli/command.js'

export const postReceive: Command<Record<never, never>, 'annex'> = {
  name: 'post-receive',
  section: 'plumbing',
  summary: 'takes over what was pushed here (called by git)',
  usage: '',
  needs: 'annex',
  isQuiet: true,
  options: {},
  async *run(annex) {
    yield {
      command: 'post-receive',
      item: {},
      perform() {
        annex.workTree.finish()
        return true
      },
    }
  },
}
