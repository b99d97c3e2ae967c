/** `git annex rmurl [FILE URL …]`: records that files cannot be had at urls. */
import { forgetUrl } from '../branch/urls.js'
import type { Annex } from '../cli/annex.js'
import { type Action, batchOptions, type Command, jsonOptions } from '../cli/command.js'
import { FreshIndex } from '../cli/fresh-index.js'
import { type Pair, readPairs } from '../cli/word-pairs.js'
import type { Bytes } from '../model/bytes.js'

const options = { ...jsonOptions, ...batchOptions } as const

export const rmurl: Command<typeof options, 'annex'> = {
  name: 'rmurl',
  section: 'content',
  summary: 'records that files are not at urls',
  usage: '[FILE URL …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options }) {
    const index = new FreshIndex(annex)
    for (const pair of readPairs(words, options, { expected: ': "file url"', cutAt: 'last' })) {
      const keyText = index.find(pair.first)?.keyText
      yield keyText === undefined ? undefined : forget(annex, pair, keyText)
    }
  },
}

function forget(annex: Annex, { first: file, second: url, input }: Pair, keyText: Bytes): Action {
  return {
    command: 'rmurl',
    item: { file, keyText, input },
    perform() {
      forgetUrl(annex.branch, keyText, url)
      return true
    },
  }
}
