/** `git annex upgrade`: brings the version and the configuration of a repository up to date. */
import { upgradeVersion } from '../branch/upgrade.js'
import { type Command, jsonOptions } from '../cli/command.js'
import { initialiseRepository } from '../cli/initialise-repository.js'

const options = {
  ...jsonOptions,
  autoonly: { type: 'boolean', summary: 'only what happens by itself: nothing, with this program' },
} as const

const DEFERRED = `Not upgrading from v9 to v10, because there may be git-annex
processes running that predate the v9 upgrade. Upgrading with
such processes running could lead to data loss. This upgrade
will be deferred until one year after the v9 upgrade to make
sure there are no such old processes running.
(Use --force to upgrade immediately.)`

export const upgrade: Command<typeof options, 'annex'> = {
  name: 'upgrade',
  section: 'setup',
  summary: 'brings a repository up to date',
  usage: '',
  needs: 'annex',
  options,
  async *run(annex, { options: { autoonly, force } }) {
    yield {
      command: 'upgrade',
      item: {},
      perform(ui) {
        const { repository, config, env } = annex
        if (autoonly) return true
        const { steps, isDeferred } = upgradeVersion(repository, config, { force })
        for (const step of steps) ui.note(`${step}...`)
        if (isDeferred) ui.warning(DEFERRED)
        for (const warning of initialiseRepository({ repository, config, env })) ui.warning(warning)
        return true
      },
    }
  },
}
