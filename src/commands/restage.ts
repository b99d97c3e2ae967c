/** `git annex restage`: tells git about files put in place while its index was locked. */
import { type Command, jsonOptions } from '../cli/command.js'
import { bytesToText } from '../model/bytes.js'
import { restagePending } from '../worktree/finish-worktree.js'
import { isContent } from '../worktree/updates.js'

export const restage: Command<typeof jsonOptions, 'annex'> = {
  name: 'restage',
  section: 'plumbing',
  summary: 'tells git about files put in place while its index was locked',
  usage: '',
  needs: 'annex',
  needsWorkTree: true,
  options: jsonOptions,
  async *run({ repository, blobKeys }) {
    yield {
      command: 'restage',
      item: {},
      perform(ui) {
        if (restagePending(repository, { blobKeys, isContent }) === 'done') return true
        ui.warning(
          `The index is locked: try again when the other git is done. If there is none, remove ` +
            `${bytesToText(repository.indexFile)}.lock`,
        )
        return false
      },
    }
  },
}
