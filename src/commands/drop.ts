/** `git annex drop [PATH …]`: removes content where enough other copies are proven. */
import type { Annex } from '../cli/annex.js'
import { AutoChoice } from '../cli/auto-choice.js'
import {
  batchOptions,
  type Command,
  jsonOptions,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { Dropper } from '../cli/dropper.js'
import { retriedDrops } from '../cli/retried-drops.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { wantedKeys } from '../cli/to-do-notes.js'
import { namedRemote } from '../cli/transfer-context.js'

const options = {
  ...jsonOptions,
  ...batchOptions,
  ...seekOptions,
  jobs: transferOptions.jobs,
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: "remove this remote's copy" },
  auto: { type: 'boolean', alias: 'a', summary: 'only what has copies enough and is not wanted' },
  retry: { type: 'boolean', summary: 'try again what was refused for want of copies' },
} as const satisfies OptionSpecs

export const drop: Command<typeof options, 'annex'> = {
  name: 'drop',
  section: 'start',
  summary: 'removes content from here, when enough other copies exist',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { from, auto, retry } = args.options
    const dropper = new Dropper(annex, { ...args.options, remembers: true })
    if (retry) {
      yield* retriedDrops(annex, dropper, args)
      return
    }
    const place = from === undefined ? 'here' : await namedRemote(annex, from)
    // Who names a file to be dropped here does not want it any more.
    const isNamed = place === 'here' && args.words.length > 0 && !auto
    const isToGo = auto ? chooser(annex, dropper, place === 'here' ? annex.uuid : place.uuid) : all
    for (const found of seek(annex, args)) {
      if (found && isNamed) wantedKeys(annex).forget(found.keyText)
      if (!found || !isToGo(found)) yield undefined
      else yield place === 'here' ? dropper.here(found) : dropper.from(found, place)
    }
  },
}

function all(): boolean {
  return true
}

function chooser(annex: Annex, { policy }: Dropper, from: string): (found: Found) => boolean {
  const choice = new AutoChoice(annex, policy)
  return (found) =>
    (from !== annex.uuid || annex.store.has(found.keyText)) && choice.isToGo(found, from)
}
