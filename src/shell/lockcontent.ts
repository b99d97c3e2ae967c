/**
 * `lockcontent DIRECTORY KEY`: keeps a content until a line comes, or the end of the input. Clients
 * older than the P2P protocol ask for it.
 */
import * as files from '../platform/files.js'
import { lockContent } from '../store/content-lock.js'
import type { ShellCommand } from './command.js'
import { parseOneKey } from './keys.js'

const STDIN = 0
const STDOUT = 1
const LF = 10

export const lockcontent: ShellCommand = {
  name: 'lockcontent',
  parameters: 'KEY',
  summary: 'locks content in place for a drop elsewhere',
  changes: 'nothing',
  needsAnnex: true,
  async run({ repository, parameters }) {
    const key = parseOneKey(parameters)
    const { store } = await repository.openAnnex()
    using _lock = lockContent(store, key, 'shared')
    files.writeFully(STDOUT, Buffer.from('OK\n'))
    const buffer = Buffer.alloc(1)
    while (files.readSome(STDIN, buffer) > 0 && buffer[0] !== LF);
    return 0
  },
}
