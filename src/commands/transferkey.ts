/** `git annex transferkey KEY`: transfers one content, in silence; the exit status is the answer. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command, OptionSpecs } from '../cli/command.js'
import { namedRemote } from '../cli/transfer-context.js'
import { transferKey } from '../cli/transfer-key.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import type { Remote } from '../remotes/remote.js'

const options = {
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'where it comes from' },
  to: { type: 'string', alias: 't', value: 'REMOTE', summary: 'where it goes' },
  file: { type: 'string', value: 'FILE', summary: 'the file it is for' },
} as const satisfies OptionSpecs

export const transferkey: Command<typeof options, 'annex'> = {
  name: 'transferkey',
  section: 'plumbing',
  summary: 'transfers a key from or to a remote',
  usage: 'KEY --from REMOTE|--to REMOTE',
  needs: 'annex',
  leavesJournal: true,
  options,
  async *run(annex, { words, options: { from, to, file } }) {
    const name = from ?? to
    if (name === undefined || (from !== undefined && to !== undefined))
      throw new AnnexError('USAGE', 'Missing: (--from REMOTE | --to REMOTE)')
    const remote = await namedRemote(annex, name)
    if (remote === 'here')
      throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`)
    const direction = from === undefined ? 'upload' : 'download'
    for (const word of words) yield transferAction(annex, word, { direction, remote, file })
  },
}

interface Way {
  readonly direction: 'upload' | 'download'
  readonly remote: Remote
  readonly file: string | undefined
}

function transferAction(annex: Annex, word: string, { direction, remote, file }: Way): Action {
  return {
    command: 'transferkey',
    item: {},
    answer: true,
    async perform(ui) {
      const key = parseKey(bytesFromText(word))
      if (!key) throw new AnnexError('KEY_INVALID', 'bad key')
      const name = file === undefined ? undefined : bytesFromText(file)
      const transfer = { direction, remote, keyText: formatKey(key), file: name }
      return await transferKey(annex, transfer, ui)
    },
  }
}
