/** `git annex copy --to|--from REMOTE`: makes another copy of content; never removes one. */
import type { Annex } from '../cli/annex.js'
import { AutoChoice } from '../cli/auto-choice.js'
import {
  type Args,
  batchOptions,
  type Command,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { type Direction, readDirection } from '../cli/direction.js'
import { CopiesPolicy } from '../cli/drop-context.js'
import { moveAll } from '../cli/move-all.js'
import { Mover } from '../cli/mover.js'
import { type Found, failedOption, seek, seekOptions } from '../cli/seek.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  ...seekOptions,
  ...failedOption,
  to: { type: 'string', alias: 't', value: 'REMOTE', summary: 'send content to this remote' },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'fetch content from this remote' },
  'from-anywhere': { type: 'boolean', summary: 'with --to: from wherever it is' },
  auto: { type: 'boolean', alias: 'a', summary: 'only what lacks copies or is wanted there' },
} as const satisfies OptionSpecs

export const copy: Command<typeof options, 'annex'> = {
  name: 'copy',
  section: 'content',
  summary: 'copies content to or from a remote',
  usage: '[PATH …] (--to REMOTE | --from REMOTE | both)',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const direction = await readDirection(annex, args.options)
    const mover = new Mover(annex, 'copy', args.options)
    const items = chosen(annex, args, direction)
    const isAsked = args.options.batch || args.options['batch-keys']
    const known =
      direction.kind === 'to' && !isAsked ? mover.foreseeing(items, direction.to) : items
    yield* moveAll(mover, direction, known)
  },
}

function chosen(
  annex: Annex,
  args: Args<typeof options>,
  direction: Direction,
): Iterable<Found | undefined> {
  if (!args.options.auto) return seek(annex, args)
  const choice = new AutoChoice(annex, new CopiesPolicy(annex, args.options))
  const to = destinationOf(annex, direction)
  return onlyThose(seek(annex, args), (found) => choice.isToCome(found, to))
}

function destinationOf({ uuid }: Annex, direction: Direction): string {
  return 'to' in direction ? direction.to.uuid : uuid
}

/** What is left out answers a request of a batch all the same. */
function* onlyThose<T>(
  chosen: Iterable<T | undefined>,
  isRight: (found: T) => boolean,
): Iterable<T | undefined> {
  for (const found of chosen) yield found && isRight(found) ? found : undefined
}
