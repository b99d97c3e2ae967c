/** `git annex unlock [PATH …]`: turns links into files that can be modified. */
import { changeForms } from '../cli/change-form.js'
import { type Command, jsonOptions } from '../cli/command.js'
import { isLinkInPlace, unlockFile } from '../worktree/lock-files.js'

export const unlock: Command<typeof jsonOptions, 'annex'> = {
  name: 'unlock',
  section: 'content',
  summary: 'turns links into files that can be modified',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  options: jsonOptions,
  async *run(annex, { words, matching }) {
    yield* changeForms(
      annex,
      { words, matching, options: {} },
      {
        command: 'unlock',
        isDue: (file, repository) => file.isLink && isLinkInPlace(file, repository),
        change: unlockFile,
      },
    )
  },
}
