/** `git annex untrust`: records that repositories are untrusted. */
import type { Command } from '../cli/command.js'
import { trustActions } from '../cli/trust-command.js'

export const untrust: Command<Record<never, never>, 'annex'> = {
  name: 'untrust',
  section: 'setup',
  summary: 'trusts repositories less: their copies may be gone',
  usage: 'REPOSITORY …',
  needs: 'annex',
  options: {},
  async *run(annex, { words }) {
    yield* await trustActions(annex, words, { command: 'untrust', level: 'untrusted' })
  },
}
