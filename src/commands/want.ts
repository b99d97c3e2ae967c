/**
 * `git annex want [PATH …]`: notes that the content is wanted here, without fetching it now; a later
 * `get` without paths does. A verb of git-annex's first design, which today's has no more.
 */
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  batchOptions,
  type Command,
  jsonOptions,
  type OptionSpecs,
} from '../cli/command.js'
import { RepositoryNames } from '../cli/repository-list.js'
import { type Found, seek, seekOptions } from '../cli/seek.js'
import { refusedDrops, wantedKeys } from '../cli/to-do-notes.js'
import { wantedContents } from '../cli/wanted-contents.js'
import { trustOf } from '../policy/trust.js'

const options = {
  ...jsonOptions,
  ...batchOptions,
  ...seekOptions,
  list: { type: 'boolean', summary: 'show what is wanted, and who has it' },
} as const satisfies OptionSpecs

export const want: Command<typeof options, 'annex'> = {
  name: 'want',
  section: 'content',
  summary: 'notes contents to be fetched by a later get',
  usage: '[PATH …]',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    if (!args.options.list) {
      for (const found of seek(annex, args)) yield found && wantAction(annex, found)
      return
    }
    const names = await RepositoryNames.read(annex)
    const chosen = new Set<string>()
    const isNarrow = args.words.length + args.matching.length > 0
    if (isNarrow) for (const found of seek(annex, args)) chosen.add(found?.keyText ?? '')
    for (const found of wantedContents(annex))
      if (!isNarrow || chosen.has(found.keyText)) yield listAction(annex, found, names)
  },
}

/** Nothing is to be done for what is here; but whoever wants it does not want it dropped any more. */
function wantAction(annex: Annex, found: Found): Action | undefined {
  const { keyText } = found
  refusedDrops(annex).forget({ from: annex.uuid, keyText })
  if (annex.store.has(keyText)) return undefined
  const perform = () => {
    wantedKeys(annex).add(keyText)
    return true
  }
  return { command: 'want', item: found, perform }
}

function listAction(annex: Annex, found: Found, names: RepositoryNames): Action {
  const holders = annex.branch
    .locations(found.keyText)
    .filter((uuid) => trustOf(uuid, annex.trust) !== 'dead')
  return {
    command: 'want',
    item: found,
    perform(ui) {
      ui.note(holders.length === 1 ? '1 copy' : `${holders.length} copies`)
      if (holders.length > 0) ui.longNote(`${names.block(holders)}\n`)
      ui.fields(() => ({ whereis: holders.map((uuid) => names.object(uuid)) }))
      return true
    },
  }
}
