/** `git annex upgrade`: brings the configuration of a repository up to date. */
import type { Command } from '../cli/command.js'
import { initialiseRepository } from '../cli/initialise-repository.js'

export const upgrade: Command<Record<never, never>, 'annex'> = {
  name: 'upgrade',
  section: 'setup',
  summary: 'brings a repository up to date',
  usage: '',
  needs: 'annex',
  options: {},
  async *run(annex) {
    yield {
      command: 'upgrade',
      item: {},
      perform(ui) {
        const { repository, config, env } = annex
        for (const warning of initialiseRepository({ repository, config, env })) ui.warning(warning)
        return true
      },
    }
  },
}
