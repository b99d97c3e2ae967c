/** `git annex resolvemerge`: ends a merge by keeping both sides of each conflict. */
import type { Command } from '../cli/command.js'
import { resolveMerge } from '../cli/resolve-merge.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'

export const resolvemerge: Command<Record<never, never>, 'annex'> = {
  name: 'resolvemerge',
  section: 'plumbing',
  summary: 'ends a merge by keeping both sides of annexed files',
  usage: '',
  needs: 'annex',
  needsWorkTree: true,
  options: {},
  async *run(annex) {
    yield {
      command: 'resolvemerge',
      item: {},
      perform(ui) {
        if (!files.exists(`${annex.repository.gitDir}/MERGE_HEAD`))
          throw new AnnexError('USAGE', 'There is no merge to resolve: MERGE_HEAD is missing')
        ui.giveWay()
        if (!resolveMerge(annex)) {
          ui.warning('Merge conflict could not be automatically resolved.')
          return false
        }
        ui.longNote(
          'Merge conflict was automatically resolved; you may want to examine the result.',
        )
        return true
      },
    }
  },
}
