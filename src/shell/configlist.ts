/** `configlist DIRECTORY`: tells the uuid, and makes a clone of an annex one itself. */
import { listBranchRefs } from '../branch/refs.js'
import { initialiseRepository } from '../cli/initialise-repository.js'
import { bytesToBuffer } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { ShellCommand, ShellRequest } from './command.js'
import { serverMode } from './restrictions.js'

const STDOUT = 1

export const configlist: ShellCommand = {
  name: 'configlist',
  parameters: '',
  summary: 'outputs relevant git configuration',
  changes: 'nothing',
  needsAnnex: false,
  run(request) {
    const { config } = request.repository
    if (!config.get('annex.uuid')) autoInit(request)
    const lines = ['annex.uuid', 'core.gcrypt-id']
      .map((name) => `${name}=${config.get(name) ?? ''}\n`)
      .join('')
    files.writeFully(STDOUT, bytesToBuffer(lines))
    return 0
  },
}

function autoInit({ repository: { repository, config, env }, fields }: ShellRequest): void {
  if (serverMode(env) === 'read-only') return
  if (config.getBoolean('annex.autoinitialize') === false) return
  if (fields.get('autoinit') !== '1' && listBranchRefs(repository).length === 0) return
  initialiseRepository({ repository, config, env })
}
