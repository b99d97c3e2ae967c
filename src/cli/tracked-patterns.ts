/** What `track` and `untrack` share: changing the lines, staging them, and telling what follows. */

import { configureDiff } from '../git/filter-settings.js'
import { topPath } from '../git/list-files.js'
import { ATTRIBUTES_FILE } from '../git/other-filters.js'
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { executablePath } from '../platform/process.js'
import { type CatchAll, PatternChange, patternFor } from '../worktree/tracked-patterns.js'
import type { Annex } from './annex.js'
import type { Action, ItemUi } from './command.js'

/** The change of one command. */
export interface PatternCommand {
  readonly command: string
  /** @returns false when there was nothing to change */
  change(patterns: PatternChange, pattern: string): boolean
  /** Says that there was nothing to change. */
  readonly unchanged: string
}

/** An action for each pattern, and one for the file that has them. */
export function* changePatterns(
  annex: Annex,
  words: readonly string[],
  { command, change, unchanged }: PatternCommand,
): Iterable<Action> {
  const { repository, cwd } = annex
  const dir = topPath(repository, cwd) ?? ''
  const patterns = new PatternChange(annex)
  for (const word of words)
    yield {
      command,
      item: { label: word, input: [word] },
      perform(ui) {
        const pattern = patternFor(repository, bytesFromText(word), dir)
        ui.field('pattern', bytesToText(pattern))
        if (!change(patterns, pattern)) ui.note(unchanged)
        return true
      },
    }
  yield {
    command,
    item: { label: bytesToText(ATTRIBUTES_FILE) },
    perform(ui) {
      const outcome = patterns.stage()
      if (outcome === 'staged') ui.note('staged')
      if (outcome === 'left') ui.note('has other changes: stage it with git add .gitattributes')
      // The lines name the diff driver; init of earlier versions did not set it up.
      configureDiff(repository, annex.config, executablePath())
      tell(ui, patterns.settleCatchAll())
      return true
    },
  }
}

function tell(ui: ItemUi, { hadIt, hasIt, missed, ordinary }: CatchAll): void {
  ui.field('all-files-filtered', hasIt)
  if (hadIt && !hasIt) ui.longNote('Only files of tracked patterns go through the filter now.')
  if (!hadIt && hasIt) ui.longNote('All files go through the filter again.')
  if (hasIt && missed.length > 0)
    ui.longNote(
      `All files go through the filter as long as annexed ones match no tracked pattern, ` +
        `such as ${bytesToText(missed[0]!)}${more(missed)}.`,
    )
  if (!hasIt && ordinary.length > 0)
    ui.longNote(
      `Already in git, and left there: ${bytesToText(ordinary[0]!)}${more(ordinary)}. To annex ` +
        'one: git rm --cached FILE && git annex add FILE',
    )
}

function more({ length }: readonly unknown[]): string {
  return length > 1 ? ` and ${length - 1} more` : ''
}
