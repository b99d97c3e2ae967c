/** `git annex findref [REF …]`: lists the files of branches or trees; `find --branch` does the same. */
import { batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { chooseFound, foundOptions, foundShower } from '../cli/found-shower.js'
import { seek } from '../cli/seek.js'
import { AnnexError } from '../model/errors.js'

const options = {
  ...foundOptions,
  branch: { type: 'string', value: 'REF', summary: 'also the files of this one' },
  ...jsonOptions,
  ...batchOptions,
} as const

export const findref: Command<typeof options, 'annex'> = {
  name: 'findref',
  section: 'plumbing',
  summary: 'lists the files of a branch or tree',
  usage: '[REF …]',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, { words, matching, options }) {
    if (options.batch)
      throw new AnnexError('USAGE', 'Cannot combine batch option with file or key options')
    const show = foundShower(options, { command: 'findref', listed: 'file' })
    const isChosen = chooseFound(annex, matching)
    for (const branch of [...words, ...(options.branch === undefined ? [] : [options.branch])])
      for (const found of seek(annex, { words: [], matching, options: { branch } }))
        if (found && isChosen(found)) yield show(found)
  },
}
