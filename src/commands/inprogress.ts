/** `git annex inprogress [PATH …]`: where the contents are that are being downloaded just now. */
import type { Annex } from '../cli/annex.js'
import { type Action, type Command, jsonOptions } from '../cli/command.js'
import { seek, seekOptions } from '../cli/seek.js'
import { relative } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { keysInTransfer } from '../store/leftovers.js'
import { findPartial } from '../store/partial-files.js'

const { all, key } = seekOptions

const options = { ...jsonOptions, all, key } as const

export const inprogress: Command<typeof options, 'annex'> = {
  name: 'inprogress',
  section: 'query',
  summary: 'names files while they are being downloaded',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  leavesJournal: true,
  options,
  async *run(annex, args) {
    const busy = keysInTransfer(annex.store)
    // A download of a key that the branch does not know is one, too.
    if (args.options.all && args.matching.length === 0 && args.words.length === 0)
      for (const keyText of busy) yield* show(annex, keyText)
    else
      for (const found of seek(annex, args))
        if (found && busy.has(found.keyText)) yield* show(annex, found.keyText)
  },
}

function* show(annex: Annex, keyText: Bytes): Iterable<Action> {
  const path = findPartial(annex.store.annexDir, keyText)
  if (path === undefined) return
  const shown = relative(annex.cwd, path)
  yield {
    command: 'inprogress',
    item: {},
    answer: true,
    perform(ui) {
      ui.line(shown)
      ui.fields(() => ({ key: bytesToText(keyText), path: bytesToText(shown) }))
      return true
    },
  }
}
