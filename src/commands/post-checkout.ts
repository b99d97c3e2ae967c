/** `git annex post-checkout`: finishes work tree changes that were waiting for the index. */
import type { Command } from '../cli/command.js'

export const postCheckout: Command<Record<never, never>, 'annex'> = {
  name: 'post-checkout',
  section: 'plumbing',
  summary: 'finishes what a checkout has left (called by git)',
  usage: 'OLD NEW FLAG',
  needs: 'annex',
  needsWorkTree: true,
  leavesJournal: true,
  isQuiet: true,
  options: {},
  async *run(annex) {
    yield {
      command: 'post-checkout',
      item: {},
      perform() {
        annex.workTree.finish()
        return true
      },
    }
  },
}
