/** `git annex unlock [PATH …]`: turns links into files that can be modified. */
import { changeForms } from '../cli/change-form.js'
import { type Command, jsonOptions } from '../cli/command.js'
import { FilterReach } from '../cli/filter-reach.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { isLinkInPlace, isUnlockedUnstaged, unlockFile } from '../worktree/lock-files.js'

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
    const reach = new FilterReach(annex)
    yield* changeForms(
      annex,
      { words, matching, options: {} },
      {
        command: 'unlock',
        isDue: (file, tools) =>
          file.isLink && (isLinkInPlace(file, tools.repository) || isUnlockedUnstaged(file, tools)),
        change: (file, tools) => {
          if (!reach.has(file.path)) throw outOfReach(file.path)
          return unlockFile(file, tools)
        },
      },
    )
  },
}

function outOfReach(path: Bytes): AnnexError {
  const name = bytesToText(path)
  return new AnnexError(
    'USAGE',
    `Cannot unlock ${name}: no tracked pattern matches it, so its content would go into git`,
    { hint: `Track it first: git annex track ${name}` },
  )
}
