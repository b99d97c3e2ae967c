/** `recvkey DIRECTORY KEY`: receives a content with rsync, verifies it and puts it in place. */
import { prepareVerification, verifyContent } from '../store/verify.js'
import { lockPartialDownload } from '../transfer/partial-download.js'
import type { ShellCommand } from './command.js'
import { parseOneKey } from './keys.js'
import { runRsyncServer } from './rsync-server.js'

export const recvkey: ShellCommand = {
  name: 'recvkey',
  parameters: 'KEY',
  summary: 'runs rsync in server mode to receive content',
  changes: 'adds',
  needsAnnex: true,
  async run({ repository, parameters, rsyncOptions, fields }) {
    const key = parseOneKey(parameters)
    const annex = await repository.openAnnex()
    const { store, branch, uuid, workTree } = annex
    if (store.has(key)) return 0
    store.refuseInsecure(key)
    try {
      await prepareVerification(key)
      using partial = lockPartialDownload(store, key, fields.get('remoteuuid') ?? uuid)
      const status = runRsyncServer('receive', partial.path, rsyncOptions)
      if (status !== 0) return status
      verifyContent(key, partial.path)
      store.moveIn(key, partial.path)
      branch.setPresence(key, uuid, true)
      workTree.contentChanged(key)
      return 0
    } finally {
      await annex.finish({ leaveJournal: false })
    }
  },
}
