/** `git annex lock [PATH …]`: turns files into links to their read-only objects. */
import { changeForms } from '../cli/change-form.js'
import { type Command, jsonOptions } from '../cli/command.js'
import { isLinkReplaced, lockFile } from '../worktree/lock-files.js'

export const lock: Command<typeof jsonOptions, 'annex'> = {
  name: 'lock',
  section: 'content',
  summary: 'turns files into links to read-only content',
  usage: '[PATH …]',
  needs: 'annex',
  needsWorkTree: true,
  matching: true,
  options: jsonOptions,
  async *run(annex, { words, matching, options }) {
    const { force } = options
    yield* changeForms(
      annex,
      { words, matching, options: {} },
      {
        command: 'lock',
        // A link in the index may have been replaced by a file: that is told, not passed over.
        isDue: (file, { repository }) => !file.isLink || isLinkReplaced(file, repository),
        change: (file, tools) => lockFile(file, { force }, tools),
      },
    )
  },
}
