/** `sendkey DIRECTORY KEY`: sends a content with rsync. */
import { AnnexError } from '../model/errors.js'
import type { ShellCommand } from './command.js'
import { parseOneKey } from './keys.js'
import { runRsyncServer } from './rsync-server.js'

export const sendkey: ShellCommand = {
  name: 'sendkey',
  parameters: 'KEY',
  summary: 'runs rsync in server mode to send content',
  changes: 'nothing',
  needsAnnex: true,
  async run({ repository, parameters, rsyncOptions }) {
    const key = parseOneKey(parameters)
    const { store } = await repository.openAnnex()
    const place = store.locate(key)
    if (!place) throw new AnnexError('CONTENT_MISSING', 'requested key is not present')
    return runRsyncServer('send', place.path, rsyncOptions)
  },
}
