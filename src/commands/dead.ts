/** `git annex dead`: records that repositories, or contents, are lost for good. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { trustActions } from '../cli/trust-command.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey } from '../model/key.js'

const options = {
  key: { type: 'key', value: 'KEY', summary: 'this content is lost, not a repository' },
} as const

export const dead: Command<typeof options, 'annex'> = {
  name: 'dead',
  section: 'setup',
  summary: 'hides lost repositories or contents',
  usage: '[REPOSITORY …]',
  needs: 'annex',
  options,
  async *run(annex, { words, options }) {
    if (options.key) yield killKey(annex, formatKey(options.key))
    else yield* await trustActions(annex, words, { command: 'dead', level: 'dead' })
  },
}

function killKey(annex: Annex, keyText: Bytes): Action {
  return {
    command: 'dead',
    item: { keyText, input: [bytesToText(keyText)] },
    perform() {
      if (annex.branch.locations(keyText).length > 0)
        throw new AnnexError(
          'USAGE',
          'This key is still known to be present in some locations; not marking as dead.',
        )
      annex.branch.edit(annex.branch.logPath(keyText), { kind: 'key-dead' })
      return true
    },
  }
}
