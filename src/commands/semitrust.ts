/** `git annex semitrust`: records that repositories are semitrusted. */
import type { Command } from '../cli/command.js'
import { trustActions } from '../cli/trust-command.js'

export const semitrust: Command<Record<never, never>, 'annex'> = {
  name: 'semitrust',
  section: 'setup',
  summary: 'trusts repositories as usual again',
  usage: 'REPOSITORY …',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    yield* await trustActions(annex, words, { command: 'semitrust', level: 'semitrusted' })
  },
}
