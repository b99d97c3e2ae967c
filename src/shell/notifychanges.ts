/** `notifychanges DIRECTORY`: tells when refs change, until its input ends. */
import * as files from '../platform/files.js'
import { untilInputEnds } from '../platform/input-end.js'
import type { ShellCommand } from './command.js'
import { RefChanges } from './ref-changes.js'

const STDOUT = 1

export const notifychanges: ShellCommand = {
  name: 'notifychanges',
  parameters: '',
  summary: 'sends notification when git refs are changed',
  changes: 'nothing',
  needsAnnex: true,
  async run({ repository: { repository } }) {
    const say = (line: string) => files.writeFully(STDOUT, Buffer.from(`${line}\n`, 'latin1'))
    using _watch = new RefChanges(repository).watch((oids) => say(`CHANGED ${oids.join(' ')}`))
    say('READY')
    await untilInputEnds()
    return 0
  },
}
