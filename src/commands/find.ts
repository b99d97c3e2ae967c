/** `git annex find`: lists annexed files, those whose content is here unless told otherwise. */
import { batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { chooseFound, foundOptions, foundShower } from '../cli/found-shower.js'
import { seek } from '../cli/seek.js'

const options = {
  ...foundOptions,
  branch: { type: 'string', value: 'REF', summary: 'list the files of a branch or tree' },
  ...jsonOptions,
  ...batchOptions,
} as const

export const find: Command<typeof options, 'annex'> = {
  name: 'find',
  section: 'query',
  summary: 'lists available files',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, args) {
    const show = foundShower(args.options, { command: 'find', listed: 'file' })
    const isChosen = chooseFound(annex, args.matching)
    for (const found of seek(annex, args)) yield found && isChosen(found) ? show(found) : undefined
  },
}
