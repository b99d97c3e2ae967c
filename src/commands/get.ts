/** `git annex get [PATH …]`: fetches content from the cheapest remote that gives it. */
import type { Annex } from '../cli/annex.js'
import { AutoChoice } from '../cli/auto-choice.js'
import { batchOptions, type Command, type OptionSpecs, transferOptions } from '../cli/command.js'
import { CopiesPolicy } from '../cli/drop-context.js'
import { fetchAction } from '../cli/fetch-action.js'
import { failedOption, seek, seekOptions } from '../cli/seek.js'
import { hereAsDestination, isWorthAsking, namedRemote } from '../cli/transfer-context.js'
import { AnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  ...seekOptions,
  ...failedOption,
  incomplete: { type: 'boolean', summary: 'what has come in part only' },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'get it from this remote only' },
  auto: { type: 'boolean', alias: 'a', summary: 'only what lacks copies or is wanted here' },
} as const satisfies OptionSpecs

export const get: Command<typeof options, 'annex'> = {
  name: 'get',
  section: 'start',
  summary: 'fetches the content of files',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { from, force, auto } = args.options
    const only = from === undefined ? undefined : await fromRemote(annex, from)
    const destination = hereAsDestination(annex, { force })
    const choice = auto && new AutoChoice(annex, new CopiesPolicy(annex, args.options))
    for (const found of seek(annex, args)) {
      if (!found || annex.store.has(found.keyText)) yield undefined
      else if (choice && !choice.isToCome(found, annex.uuid)) yield undefined
      else if (only && !(await isWorthAsking(annex, found.keyText, { remote: only, force })))
        yield undefined
      else yield fetchAction(annex, found, { only, destination })
    }
  },
}

async function fromRemote(annex: Annex, name: string): Promise<Remote> {
  const remote = await namedRemote(annex, name)
  if (remote === 'here')
    throw new AnnexError('REMOTE_UNKNOWN', 'Cannot get from here: this is the current repository')
  return remote
}
