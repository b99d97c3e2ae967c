/** `git annex contentlocation`: where the content of a key lies, when it is here. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command } from '../cli/command.js'
import { relative } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'

export const contentlocation: Command<typeof batchOptions, 'annex'> = {
  name: 'contentlocation',
  section: 'plumbing',
  summary: 'looks up where the content of a key lies',
  usage: '[KEY …]',
  needs: 'annex',
  leavesJournal: true,
  options: batchOptions,
  async *run(annex, { words, options }) {
    if (!options.batch) {
      for (const word of words) yield answer(locate(annex, bytesFromText(word)))
      return
    }
    for (const line of readRequests(options)) {
      const path = locate(annex, line)
      yield path === undefined ? undefined : answer(path)
    }
  },
}

function answer(path: Bytes | undefined): Action {
  return {
    command: 'contentlocation',
    item: {},
    answer: true,
    perform(ui) {
      if (path !== undefined) ui.line(path)
      return path !== undefined
    },
  }
}

/** The object's path from the current directory; undefined when it is not here. */
function locate(annex: Annex, keyText: Bytes): Bytes | undefined {
  if (!parseKey(keyText)) throw new AnnexError('KEY_INVALID', 'bad key')
  const place = annex.store.locate(keyText)
  return place && relative(annex.cwd, place.path)
}
