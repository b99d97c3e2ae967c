/** `p2pstdio DIRECTORY UUID`: serves contents over standard input and output (spec: transfer, section 4). */
import { AnnexError, isErrno } from '../model/errors.js'
import { serveP2p } from '../remotes/p2p/server.js'
import type { ShellCommand } from './command.js'
import { tell } from './open-repository.js'
import { serverMode } from './restrictions.js'
import { ServedStore } from './served-store.js'
import { StdioChannel } from './stdio-channel.js'

const CLIENT_UUID = /^[A-Za-z0-9-]+$/

export const p2pstdio: ShellCommand = {
  name: 'p2pstdio',
  parameters: 'UUID',
  summary: 'communicate in P2P protocol over stdio',
  // What may not be changed is refused message by message.
  changes: 'nothing',
  needsAnnex: true,
  async run({ repository, parameters }) {
    const [client] = parameters
    if (client === undefined || parameters.length > 1)
      throw new AnnexError('USAGE', 'missing UUID parameter')
    // It becomes the name of a directory: that of the locks of its transfers.
    if (!CLIENT_UUID.test(client)) throw new AnnexError('USAGE', 'bad UUID parameter')
    const annex = await repository.openAnnex()
    try {
      await serveP2p(new StdioChannel(), new ServedStore(annex, client), {
        uuid: repository.uuid,
        mode: serverMode(repository.env),
        explain: tell,
      })
    } catch (error) {
      // The client has gone; what it sent before is safe.
      if (!isErrno(error, 'EPIPE', 'ECONNRESET')) throw error
    } finally {
      await annex.finish({ leaveJournal: false })
    }
    return 0
  },
}
