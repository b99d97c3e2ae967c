/** `git annex init [DESCRIPTION]`: makes the repository an annex, or brings it up to date. */
import type { Command, OptionSpecs } from '../cli/command.js'
import { initialiseRepository } from '../cli/initialise-repository.js'
import { bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'

const options = {
  version: { type: 'string', value: 'N', summary: 'repository version to make (10)' },
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
        return true
      },
    }
  },
}

function refuseVersion(version: string | undefined): void {
  if (version === undefined || ['8', '9', '10'].includes(version)) return
  throw new AnnexError('USAGE', `${version} is not a supported repository version`, {
    hint: 'New repositories have version 10',
  })
}
