/** `git annex setkey KEY FILE`: moves a file into the annex as the content of a key. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command } from '../cli/command.js'
import { absolute } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import { takeFile } from '../store/share-content.js'

export const setkey: Command<Record<never, never>, 'annex'> = {
  name: 'setkey',
  section: 'plumbing',
  summary: 'sets the content of a key',
  usage: 'KEY FILE',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    const [keyText, file, ...rest] = words
    if (keyText === undefined || file === undefined || rest.length > 0)
      throw new AnnexError('USAGE', 'specify a key and a content file')
    yield setContent(annex, bytesFromText(keyText), bytesFromText(file))
  },
}

function setContent(annex: Annex, given: Bytes, file: Bytes): Action {
  return {
    command: 'setkey',
    item: { file },
    async perform(ui) {
      const key = parseKey(given)
      if (!key) throw new AnnexError('KEY_INVALID', 'bad key')
      const keyText = formatKey(key)
      const source = absolute(annex.cwd, file)
      const total = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes)
      const onProgress = (done: number) => ui.progress(done, total)
      if (await takeFile(annex.store, keyText, { source, onProgress })) ui.note('checksum...')
      annex.branch.setPresence(keyText, annex.uuid, true)
      annex.workTree.contentChanged(keyText)
      return true
    },
  }
}
