/** `git annex pull [REMOTE …]`: merges what remotes have, and fetches contents. */
import type { Command, OptionSpecs } from '../cli/command.js'
import { pullOptions, syncBranchOptions } from '../cli/sync-options.js'
import { makeSyncPlan } from '../cli/sync-plan.js'
import { runSync } from '../cli/sync-run.js'

const options = { ...syncBranchOptions, ...pullOptions } as const satisfies OptionSpecs
const defaults = {
  commits: false,
  pulls: true,
  pushes: false,
  content: true,
  gets: true,
  sends: false,
}

export const pull: Command<typeof options, 'annex'> = {
  name: 'pull',
  section: 'sync',
  summary: 'pulls commits and contents from remotes',
  usage: '[REMOTE …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options: given }) {
    yield* runSync(annex, makeSyncPlan(annex, { words, given, defaults }), given)
  },
}
