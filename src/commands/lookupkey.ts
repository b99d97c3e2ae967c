/** `git annex lookupkey`: the key that the index has for a file. */
import type { Annex } from '../cli/annex.js'
import { readRequests } from '../cli/batch.js'
import { type Action, batchOptions, type Command } from '../cli/command.js'
import { FreshIndex } from '../cli/fresh-index.js'
import { readInfos } from '../git/cat-file.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'

const options = {
  ...batchOptions,
  ref: { type: 'boolean', summary: 'look up objects such as HEAD:file instead of files' },
} as const

/** From what was asked for to the key, serialized. */
type Lookup = (name: Bytes) => Bytes | undefined

const POINTER_MODE = 0o100644

export const lookupkey: Command<typeof options, 'annex'> = {
  name: 'lookupkey',
  section: 'plumbing',
  summary: 'looks up the key used for a file',
  usage: '[FILE …]',
  needs: 'annex',
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    const look = options.ref ? objectLookup(annex) : fileLookup(annex)
    if (!options.batch) {
      for (const word of words) yield answer(look(bytesFromText(word)))
      return
    }
    for (const line of readRequests(options)) {
      const keyText = look(line)
      yield keyText === undefined ? undefined : answer(keyText)
    }
  },
}

/** A file without a key fails without a word; scripts test the exit status. */
function answer(keyText: Bytes | undefined): Action {
  return {
    command: 'lookupkey',
    item: {},
    answer: true,
    perform(ui) {
      if (keyText !== undefined) ui.line(keyText)
      return keyText !== undefined
    },
  }
}

function fileLookup(annex: Annex): Lookup {
  const index = new FreshIndex(annex)
  return (file) => index.find(file)?.keyText
}

/** Pointer file or link: the text of either names the key. */
function objectLookup(annex: Annex): Lookup {
  return (name) => {
    const info = readInfos(annex.repository, [name]).get(name)
    if (info?.type !== 'blob') return undefined
    return annex.blobKeys.keyTextOf({ oid: info.oid, mode: POINTER_MODE })
  }
}
