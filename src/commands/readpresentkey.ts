/** `git annex readpresentkey KEY UUID`: whether a repository is recorded to have a key's content. */
import type { Command } from '../cli/command.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'

export const readpresentkey: Command<Record<never, never>, 'annex'> = {
  name: 'readpresentkey',
  section: 'plumbing',
  summary: 'reads the record of where a key is present',
  usage: 'KEY UUID',
  needs: 'annex',
  leavesJournal: true,
  options: {},
  async *run({ branch }, { words }) {
    if (words.length !== 2) throw new AnnexError('USAGE', 'Wrong number of parameters')
    const [word, uuid] = words.map(bytesFromText)
    const key = parseKey(word!)
    if (!key) throw new AnnexError('KEY_INVALID', 'bad key')
    yield {
      command: 'readpresentkey',
      item: {},
      answer: true,
      perform: () => branch.locations(formatKey(key)).includes(uuid!),
    }
  },
}
