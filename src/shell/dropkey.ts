/** `dropkey DIRECTORY KEY … --force`: removes contents; whoever asks has seen to other copies. */
import { AnnexError } from '../model/errors.js'
import { prepareVerification } from '../store/verify.js'
import type { ShellCommand } from './command.js'
import { parseKeys } from './keys.js'
import { ServedStore } from './served-store.js'

export const dropkey: ShellCommand = {
  name: 'dropkey',
  parameters: 'KEY ...',
  summary: 'drops annexed content for specified keys',
  changes: 'removes',
  needsAnnex: true,
  async run({ repository, parameters, force, fields }) {
    if (!force)
      throw new AnnexError(
        'USAGE',
        "dropkey can cause data loss; use --force if you're sure you want to do this",
      )
    const keys = parseKeys(parameters)
    const annex = await repository.openAnnex()
    const content = new ServedStore(annex, fields.get('remoteuuid') ?? repository.uuid)
    try {
      for (const key of keys) {
        await prepareVerification(key)
        content.remove(key)
      }
    } finally {
      await annex.finish({ leaveJournal: false })
    }
    return 0
  },
}
