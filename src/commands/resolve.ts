/** `git annex resolve --ours|--theirs|--both PATH …`: ends conflicts over annexed files. */
import type { Annex } from '../cli/annex.js'
import { type Command, jsonOptions } from '../cli/command.js'
import { pathShower } from '../cli/shown-path.js'
import { selectEntries, unmatchedMessage } from '../git/list-files.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type Choice, type Conflict, isAboutAnnexed, listConflicts } from '../worktree/conflicts.js'
import { ConflictResolver } from '../worktree/resolve-conflict.js'

const options = {
  ...jsonOptions,
  ours: { type: 'boolean', summary: 'keep what was here' },
  theirs: { type: 'boolean', summary: 'take what was merged' },
  both: { type: 'boolean', summary: 'keep both, as NAME.variant-XXXX.EXT' },
} as const

const CHOICES: readonly Choice[] = ['ours', 'theirs', 'both']

export const resolve: Command<typeof options, 'annex'> = {
  name: 'resolve',
  section: 'content',
  summary: 'ends conflicts over annexed files',
  usage: 'PATH …',
  needs: 'annex',
  needsWorkTree: true,
  options,
  async *run(annex, { words, options: given }) {
    const chosen = CHOICES.filter((choice) => given[choice])
    if (chosen.length !== 1 || words.length === 0)
      throw new AnnexError('USAGE', 'Say which: git annex resolve --ours|--theirs|--both PATH …')
    const show = pathShower(annex.repository, annex.cwd)
    const resolver = new ConflictResolver(annex)
    annex.atEnd(() => resolver.finish())
    for (const conflict of chosenConflicts(annex, words)) {
      const file = show(conflict.path)
      yield {
        command: 'resolve',
        item: { file, input: [bytesToText(file)] },
        perform(ui) {
          if (!isAboutAnnexed(conflict)) {
            ui.warning(`${bytesToText(file)} is not annexed: git checkout, git mergetool help here`)
            return false
          }
          const outcomes = resolver.add(conflict, chosen[0]!, { force: given.force })
          const names = outcomes.map(({ path }) => bytesToText(show(path)))
          if (given.both && outcomes.length > 0) ui.note(names.join(', '))
          if (outcomes.length === 0) ui.note('deleted')
          ui.field('files', names)
          return true
        },
      }
    }
  },
}

/** @throws AnnexError USAGE for a word that names no conflict at all */
function chosenConflicts(annex: Annex, words: readonly string[]): Conflict[] {
  const { repository, cwd, blobKeys } = annex
  const { entries, unmatched } = selectEntries(repository, { cwd, words })
  if (unmatched.length > 0) annex.messages.failure(unmatchedMessage(unmatched))
  const paths = new Set(entries.filter(({ stage }) => stage > 0).map(({ path }) => path))
  if (paths.size === 0 && unmatched.length === 0)
    throw new AnnexError('USAGE', 'There is no conflict here', { hint: 'git status lists them' })
  return listConflicts(repository, blobKeys).filter(({ path }) => paths.has(path))
}
