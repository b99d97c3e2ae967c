/** `git annex init [DESCRIPTION]`: makes the repository an annex, or brings it up to date. */
import type { Annex } from '../cli/annex.js'
import type { Action, Command, OptionSpecs } from '../cli/command.js'
import { fetchAction } from '../cli/fetch-action.js'
import { initialiseRepository } from '../cli/initialise-repository.js'
import { seek } from '../cli/seek.js'
import { hereAsDestination } from '../cli/transfer-context.js'
import { setConfig } from '../git/config.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {
  version: { type: 'string', value: 'N', summary: 'repository version to make (10)' },
  autoget: { type: 'boolean', summary: 'get all contents, now and in every checkout' },
  autoenable: { type: 'boolean', summary: 'enable special remotes that ask for it', hidden: true },
  'no-autoenable': { type: 'boolean', summary: 'enable no special remotes', hidden: true },
} as const satisfies OptionSpecs

export const init: Command<typeof options, 'repository'> = {
  name: 'init',
  section: 'start',
  summary: 'makes this repository an annex',
  usage: '[DESCRIPTION]',
  needs: 'repository',
  options,
  async *run(annex, { words, options: given }) {
    const text = words.join(' ')
    yield {
      command: 'init',
      item: { label: text, input: words },
      perform(ui) {
        refuseVersion(given.version)
        const { repository, config, env } = annex
        const description = text === '' ? undefined : bytesFromText(text)
        const warnings = initialiseRepository({ repository, config, env, description })
        for (const warning of warnings) ui.warning(warning)
        if (given.autoget) setConfig(repository, config, 'annex.autoget', 'true')
        return true
      },
    }
    if (given.autoget) yield* getEverything(annex)
  },
}

/** What a checkout with annex.autoget would have fetched. */
function* getEverything(annex: Annex): Iterable<Action> {
  if (annex.repository.workTree === undefined) return
  annex.mergeBranches()
  const destination = hereAsDestination(annex, { force: false })
  for (const found of seek(annex, { words: [], matching: [], options: {} }))
    if (found && !annex.store.has(found.keyText))
      yield fetchAction(annex, found, { only: undefined, destination })
}

function refuseVersion(version: string | undefined): void {
  if (version === undefined || ['8', '9', '10'].includes(version)) return
  throw new AnnexError('USAGE', `${version} is not a supported repository version`, {
    hint: 'New repositories have version 10',
  })
}
