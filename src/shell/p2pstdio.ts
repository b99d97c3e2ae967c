/** `p2pstdio DIRECTORY UUID`: serves contents over standard input and output (spec: transfer, section 4). */

import { LOCAL_VARIABLES } from '../git/run.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { DuplexProcess } from '../platform/duplex-process.js'
import type { GitService } from '../remotes/p2p/relay-service.js'
import { serveP2p } from '../remotes/p2p/server.js'
import type { ShellCommand } from './command.js'
import { type ShellRepository, tell } from './open-repository.js'
import { RefChanges } from './ref-changes.js'
import { checkNotLimited, serverMode } from './restrictions.js'
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
    let changes: RefChanges | undefined
    try {
      await serveP2p(new StdioChannel(), new ServedStore(annex, client), {
        uuid: repository.uuid,
        mode: serverMode(repository.env),
        explain: tell,
        startService: (service) => startService(repository, service),
        refChanges: () => {
          changes ??= new RefChanges(repository.repository)
          return changes.next()
        },
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

/** @throws AnnexError USAGE when git's own commands are forbidden */
function startService({ repository, env }: ShellRepository, service: GitService): DuplexProcess {
  checkNotLimited(env)
  const unset = Object.fromEntries(LOCAL_VARIABLES.map((name) => [name, undefined]))
  const command = service.replace('git-', '')
  return DuplexProcess.start(['git', command, bytesToText(repository.gitDir)], { env: unset })
}
