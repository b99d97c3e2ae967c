/** `git annex get [PATH …]`: fetches content from the cheapest remote that gives it. */
import type { Annex } from '../cli/annex.js'
import { AutoChoice } from '../cli/auto-choice.js'
import {
  type Action,
  type Args,
  batchOptions,
  type Command,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { CopiesPolicy } from '../cli/drop-context.js'
import { fetchAction } from '../cli/fetch-action.js'
import { foreseeing } from '../cli/foresee.js'
import { missingAhead } from '../cli/missing-ahead.js'
import { type Found, failedOption, seek, seekOptions } from '../cli/seek.js'
import { hereAsDestination, isWorthAsking, namedRemote } from '../cli/transfer-context.js'
import { wantedContents } from '../cli/wanted-contents.js'
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
    const { from, batch } = args.options
    const only = from === undefined ? undefined : await fromRemote(annex, from)
    const fetches = listFetches(annex, args, only)
    yield* batch || args.options['batch-keys'] ? fetches : foreseeing(annex, fetches, only)
  },
}

async function* listFetches(
  annex: Annex,
  args: Args<typeof options>,
  only: Remote | undefined,
): AsyncGenerator<Action | undefined> {
  const { force, auto } = args.options
  const destination = hereAsDestination(annex, { force })
  const choice = auto && new AutoChoice(annex, new CopiesPolicy(annex, args.options))
  const wanted = isPlain(args) ? [...wantedContents(annex)] : []
  const isWanted = new Set(wanted.map(({ keyText }) => keyText))
  const chosen = withWanted(seek(annex, args), wanted)
  const isBatch = args.options.batch || args.options['batch-keys']
  for (const found of isBatch ? chosen : missingAhead(annex, chosen)) {
    if (!found || (isBatch && annex.store.has(found.keyText))) yield undefined
    else if (choice && !isWanted.has(found.keyText) && !choice.isToCome(found, annex.uuid))
      yield undefined
    else if (only && !(await isWorthAsking(annex, found.keyText, { remote: only, force })))
      yield undefined
    else yield fetchAction(annex, found, { only, destination })
  }
}

/** Without paths and the like, what `want` has noted comes, too, wherever it is. */
function isPlain({ words, matching, options: given }: Args<typeof options>): boolean {
  const { all, branch, unused, key, failed, incomplete, batch } = given
  const isByKey = given['batch-keys'] || all || unused || failed || incomplete
  return words.length + matching.length === 0 && !isByKey && !batch && !branch && !key
}

function* withWanted(
  chosen: Iterable<Found | undefined>,
  wanted: readonly Found[],
): Iterable<Found | undefined> {
  const rest = new Map(wanted.map((found) => [found.keyText, found]))
  for (const found of chosen) {
    if (found) rest.delete(found.keyText)
    yield found
  }
  yield* rest.values()
}

async function fromRemote(annex: Annex, name: string): Promise<Remote> {
  const remote = await namedRemote(annex, name)
  if (remote === 'here')
    throw new AnnexError('REMOTE_UNKNOWN', 'Cannot get from here: this is the current repository')
  return remote
}
