/** `notifychanges DIRECTORY`: tells when refs change, until its input ends. */
import { listRefs } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { untilInputEnds } from '../platform/input-end.js'
import { watchTree } from '../platform/watch.js'
import type { ShellCommand } from './command.js'

const STDOUT = 1
/** Several refs that change together are told of together. */
const SETTLE_MS = 100

export const notifychanges: ShellCommand = {
  name: 'notifychanges',
  parameters: '',
  summary: 'sends notification when git refs are changed',
  changes: 'nothing',
  needsAnnex: true,
  async run({ repository: { repository } }) {
    let known = readRefs(repository)
    const say = (line: string) => files.writeFully(STDOUT, Buffer.from(`${line}\n`, 'latin1'))
    const look = () => {
      const now = readRefs(repository)
      const changed = [...now].filter(([name, oid]) => known.get(name) !== oid)
      known = now
      if (changed.length > 0) say(`CHANGED ${changed.map(([, oid]) => oid).join(' ')}`)
    }
    using _watch = watchTree(`${repository.commonDir}/refs`, look, SETTLE_MS)
    say('READY')
    await untilInputEnds()
    return 0
  },
}

function readRefs(repository: Repository): Map<Bytes, Bytes> {
  return new Map(listRefs(repository).map(({ name, oid }) => [name, oid]))
}
