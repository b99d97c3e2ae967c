/** `git annex dropunused NUMBER|RANGE|all …`: drops what `unused` has listed. */
import { type Command, jsonOptions, type OptionSpecs } from '../cli/command.js'
import { dropUnusedAction, planUnusedDrops } from '../cli/drop-unused.js'
import { namedRemote } from '../cli/transfer-context.js'
import { selectUnused } from '../cli/unused-lists.js'

const options = {
  ...jsonOptions,
  jobs: { type: 'jobs', alias: 'J', value: 'N|cpus', summary: 'how many to do at once' },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: "remove this remote's copies" },
} as const satisfies OptionSpecs

export const dropunused: Command<typeof options, 'annex'> = {
  name: 'dropunused',
  section: 'content',
  summary: 'drops contents that "unused" has listed',
  usage: '[NUMBER|RANGE|all …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options }) {
    const from = options.from === undefined ? 'here' : await namedRemote(annex, options.from)
    const plan = planUnusedDrops(annex, { ...options, from })
    for (const unused of selectUnused(annex.repository, words))
      yield dropUnusedAction(annex, unused, plan)
  },
}
