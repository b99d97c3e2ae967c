/** `git annex push [REMOTE …]`: sends contents and commits to remotes. */
import type { Command, OptionSpecs } from '../cli/command.js'
import { cleanupActions } from '../cli/sync-git.js'
import { pushOptions, syncBranchOptions } from '../cli/sync-options.js'
import { makeSyncPlan } from '../cli/sync-plan.js'
import { runSync } from '../cli/sync-run.js'

const options = { ...syncBranchOptions, ...pushOptions } as const satisfies OptionSpecs
const defaults = {
  commits: false,
  pulls: false,
  pushes: true,
  content: true,
  gets: false,
  sends: true,
}

export const push: Command<typeof options, 'annex'> = {
  name: 'push',
  section: 'sync',
  summary: 'pushes contents and commits to remotes',
  usage: '[REMOTE …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options: given }) {
    const plan = makeSyncPlan(annex, { words, given, defaults })
    if (given.cleanup) yield* cleanupActions(annex, plan)
    else yield* runSync(annex, plan, given)
  },
}
