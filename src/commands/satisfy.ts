/** `git annex satisfy [REMOTE …]`: moves and drops contents as everybody wants them; no commits. */
import type { Command } from '../cli/command.js'
import { syncContent } from '../cli/sync-content.js'
import { syncContentOptions } from '../cli/sync-options.js'
import { makeSyncPlan } from '../cli/sync-plan.js'

const defaults = {
  commits: false,
  pulls: true,
  pushes: true,
  content: true,
  gets: true,
  sends: true,
}

export const satisfy: Command<typeof syncContentOptions, 'annex'> = {
  name: 'satisfy',
  section: 'sync',
  summary: 'moves contents to where they are wanted',
  usage: '[REMOTE …]',
  needs: 'annex',
  options: syncContentOptions,
  async *run(annex, { words, options: given }) {
    yield* syncContent(annex, makeSyncPlan(annex, { words, given, defaults }), given)
  },
}
