/** `git annex assist [REMOTE …]`: adds what is new, then syncs commits and contents. */
import { ALL_DONE, type Command, type OptionSpecs } from '../cli/command.js'
import { chooseChanged, FileAdder } from '../cli/file-adder.js'
import { wholeTree } from '../cli/sync-content.js'
import { commitOptions, pullOptions, syncBranchOptions } from '../cli/sync-options.js'
import { makeSyncPlan } from '../cli/sync-plan.js'
import { runSync } from '../cli/sync-run.js'

const options = {
  ...syncBranchOptions,
  ...commitOptions,
  ...pullOptions,
} as const satisfies OptionSpecs
const defaults = {
  commits: true,
  pulls: true,
  pushes: true,
  content: true,
  gets: true,
  sends: true,
}

export const assist: Command<typeof options, 'annex'> = {
  name: 'assist',
  section: 'sync',
  summary: 'adds what is new, and syncs all with remotes',
  usage: '[REMOTE …]',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options: given }) {
    const plan = makeSyncPlan(annex, { words, given, defaults })
    const paths = given['content-of']
    const found = chooseChanged(annex, paths.length > 0 ? paths : wholeTree(annex), given)
    const adder = new FileAdder(
      annex,
      given,
      found.map(({ path }) => path),
    )
    for (const each of found) yield adder.action(each)
    yield ALL_DONE
    adder.stage()
    yield* runSync(annex, plan, given)
  },
}
