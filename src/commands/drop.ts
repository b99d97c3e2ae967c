/** `git annex drop [PATH …]`: removes content where enough other copies are proven. */
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  batchOptions,
  type Command,
  jsonOptions,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { CopiesPolicy, dropBase, tellUnsafe } from '../cli/drop-context.js'
import { recordUnusedDrop } from '../cli/drop-unused.js'
import { RequiredContent } from '../cli/required-content.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { namedRemote } from '../cli/transfer-context.js'
import type { Remote } from '../remotes/remote.js'
import { dropFromRemote, dropHere } from '../transfer/drop.js'

const options = {
  ...jsonOptions,
  ...batchOptions,
  ...seekOptions,
  jobs: transferOptions.jobs,
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: "remove this remote's copy" },
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
    const { from, force, numcopies, mincopies } = args.options
    const place = from === undefined ? 'here' : await namedRemote(annex, from)
    const policy = new CopiesPolicy(annex, { numcopies, mincopies })
    const plan = {
      policy,
      required: new RequiredContent(annex),
      force,
      unused: args.options.unused,
    }
    for (const found of seek(annex, args)) {
      if (!found) yield undefined
      else if (place !== 'here') yield dropRemoteAction(annex, found, { ...plan, place })
      else if (annex.store.has(found.keyText)) yield dropAction(annex, found, plan)
      else yield undefined
    }
  },
}

interface DropPlan {
  readonly policy: CopiesPolicy
  readonly required: RequiredContent
  readonly force: boolean
  /** Chosen by --unused. */
  readonly unused: boolean
}

function dropAction(annex: Annex, found: Found, plan: DropPlan): Action {
  const { policy, required, force, unused } = plan
  const { keyText } = found
  return {
    command: 'drop',
    item: found,
    async perform(ui) {
      // Another file with the same content may have been dropped before this one.
      if (!annex.store.has(keyText)) return true
      if (!force && required.refuses(found, annex.uuid, ui)) return false
      const base = await dropBase(annex, keyText, policy.neededFor(keyText))
      const outcome = await dropHere(base, {
        justification: { kind: force ? 'forced' : 'numcopies' },
        branch: annex.branch,
        contentGone: () => annex.workTree.contentChanged(keyText),
      })
      if (!outcome.dropped) await tellUnsafe(annex, ui, { base, outcome, from: annex.uuid })
      else if (unused) recordUnusedDrop(annex, keyText, annex.uuid)
      return outcome.dropped
    },
  }
}

function dropRemoteAction(
  annex: Annex,
  found: Found,
  { place, policy, required, force, unused }: DropPlan & { readonly place: Remote },
): Action {
  const { keyText } = found
  return {
    command: `drop ${place.name}`,
    item: found,
    async perform(ui) {
      if (!force && required.refuses(found, place.uuid, ui)) return false
      const base = await dropBase(annex, keyText, policy.neededFor(keyText))
      const outcome = await dropFromRemote(base, place, {
        justification: { kind: force ? 'forced' : 'numcopies' },
        branch: annex.branch,
      })
      if (!outcome.dropped) await tellUnsafe(annex, ui, { base, outcome, from: place.uuid })
      else if (unused) recordUnusedDrop(annex, keyText, place.uuid)
      return outcome.dropped
    },
  }
}
