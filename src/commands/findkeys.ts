/** `git annex findkeys`: lists keys, those whose content is here unless told otherwise. */
import { type Command, jsonOptions } from '../cli/command.js'
import { chooseFound, foundOptions, foundShower } from '../cli/found-shower.js'
import { seek } from '../cli/seek.js'

const options = { ...foundOptions, ...jsonOptions } as const

export const findkeys: Command<typeof options, 'annex'> = {
  name: 'findkeys',
  section: 'query',
  summary: 'lists available keys',
  usage: '',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, { words, matching, options }) {
    const show = foundShower(options, { command: 'findkeys', listed: 'key' })
    const isChosen = chooseFound(annex, matching)
    for (const found of seek(annex, { words, matching, options: { all: true } }))
      if (found && isChosen(found)) yield show(found)
  },
}
