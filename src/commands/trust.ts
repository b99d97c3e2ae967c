/** `git annex trust`: records that repositories never lose a content by themselves. */
import type { Command } from '../cli/command.js'
import { trustActions } from '../cli/trust-command.js'
import { AnnexError } from '../model/errors.js'

export const trust: Command<Record<never, never>, 'annex'> = {
  name: 'trust',
  section: 'setup',
  summary: 'trusts repositories without checking',
  usage: 'REPOSITORY …',
  needs: 'annex',
  options: {},
  async *run(annex, { words, options }) {
    const check = () => {
      if (options.force) return
      throw new AnnexError(
        'USAGE',
        'Trusting a repository can lead to data loss: its copies are counted without asking whether they are still there',
        { hint: 'If you are sure, use --force' },
      )
    }
    yield* await trustActions(annex, words, { command: 'trust', level: 'trusted', check })
  },
}
