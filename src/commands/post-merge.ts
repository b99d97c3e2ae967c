/** `git annex post-merge`: finishes work tree changes that were waiting for the index. */
import type { Command } from '../cli/command.js'

export const postMerge: Command<Record<never, never>, 'annex'> = {
  name: 'post-merge',
  section: 'plumbing',
  summary: 'finishes what a merge has left (called by git)',
  usage: 'FLAG',
  needs: 'annex',
  needsWorkTree: true,
  leavesJournal: true,
  isQuiet: true,
  options: {},
  async *run(annex) {
    yield {
      command: 'post-merge',
      item: {},
      perform() {
        annex.workTree.finish()
        return true
      },
    }
  },
}
