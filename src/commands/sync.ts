/** `git annex sync [REMOTE …]`: commits, pulls, merges what others recorded, and pushes. */
import type { Command, OptionSpecs } from '../cli/command.js'
import { cleanupActions } from '../cli/sync-git.js'
import { commitOptions, pullOptions, pushOptions, syncBranchOptions } from '../cli/sync-options.js'
import { makeSyncPlan } from '../cli/sync-plan.js'
import { runSync } from '../cli/sync-run.js'

const options = {
  ...syncBranchOptions,
  ...commitOptions,
  ...pullOptions,
  ...pushOptions,
  commit: { type: 'boolean', summary: 'commit changes (default)', hidden: true },
  'no-commit': { type: 'boolean', summary: 'commit nothing' },
  pull: { type: 'boolean', summary: 'pull (default)', hidden: true },
  'no-pull': { type: 'boolean', summary: 'pull nothing' },
  push: { type: 'boolean', summary: 'push (default)', hidden: true },
  'no-push': { type: 'boolean', summary: 'push nothing' },
} as const satisfies OptionSpecs

export const sync: Command<typeof options, 'annex'> = {
  name: 'sync',
  section: 'sync',
  summary: 'commits, pulls, merges and pushes',
  usage: '[REMOTE …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options: given }) {
    const isUsual = annex.config.getBoolean('annex.autocommit') !== false
    const defaults = {
      commits: given.commit || given.message.length > 0 || (isUsual && !given['no-commit']),
      pulls: !given['no-pull'],
      pushes: !given['no-push'],
      content: false,
      gets: true,
      sends: true,
    }
    const plan = makeSyncPlan(annex, { words, given, defaults })
    if (given.cleanup) yield* cleanupActions(annex, plan)
    else yield* runSync(annex, plan, given)
  },
}
