/** `git annex calckey`: the key that a file would get; nothing is stored. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command } from '../cli/command.js'
import { topPath } from '../git/list-files.js'
import { absolute } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { keyOfFile } from '../worktree/key-of-file.js'
import { KeyMaker } from '../worktree/new-key.js'

export const calckey: Command<typeof batchOptions, 'repository'> = {
  name: 'calckey',
  section: 'plumbing',
  summary: 'calculates the key that a file would get',
  usage: '[FILE …]',
  needs: 'repository',
  leavesJournal: true,
  options: batchOptions,
  async *run(annex, { words, options }) {
    const { config } = annex
    const option = options.backend === undefined ? undefined : bytesFromText(options.backend)
    // As in git-annex, the attributes of the file do not count here.
    const maker = new KeyMaker({ config, option, attribute: () => undefined })
    const requests = options.batch ? readRequests(options) : words.map(bytesFromText)
    for (const file of requests) {
      const keyText = await calculate(annex, maker, file)
      yield options.batch && keyText === undefined ? undefined : answer(keyText)
    }
  },
}

/** A file that cannot be read fails without a word, as with git-annex. */
function answer(keyText: Bytes | undefined): Action {
  return {
    command: 'calckey',
    item: {},
    answer: true,
    perform(ui) {
      if (keyText !== undefined) ui.line(keyText)
      return keyText !== undefined
    },
  }
}

async function calculate(annex: Annex, maker: KeyMaker, file: Bytes): Promise<Bytes | undefined> {
  const place = absolute(annex.cwd, file)
  const name = topPath(annex.repository, place) ?? place
  const backend = maker.backendFor(name, undefined)
  try {
    return await keyOfFile(maker, { backend, file: place, name })
  } catch (error) {
    if (isAnnexError(error, 'FILE_UNREADABLE')) return undefined
    throw error
  }
}
