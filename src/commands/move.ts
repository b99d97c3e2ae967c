/** `git annex move --to|--from REMOTE`: a copy, then a drop at the source. */
import { batchOptions, type Command, type OptionSpecs, transferOptions } from '../cli/command.js'
import { readDirection } from '../cli/direction.js'
import { moveAll } from '../cli/move-all.js'
import { Mover } from '../cli/mover.js'
import { failedOption, seek, seekOptions } from '../cli/seek.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  ...seekOptions,
  ...failedOption,
  to: { type: 'string', alias: 't', value: 'REMOTE', summary: 'move content to this remote' },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'move content from this remote' },
  'from-anywhere': { type: 'boolean', summary: 'with --to: from wherever it is' },
} as const satisfies OptionSpecs

export const move: Command<typeof options, 'annex'> = {
  name: 'move',
  section: 'content',
  summary: 'moves content to or from a remote',
  usage: '[PATH …] (--to REMOTE | --from REMOTE | both)',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const direction = await readDirection(annex, args.options)
    yield* moveAll(new Mover(annex, 'move', args.options), direction, seek(annex, args))
  },
}
