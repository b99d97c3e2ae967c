/**
 * `annex.autodrop-removed`: when a file was removed and that is committed, content that nothing refers
 * to any more is dropped here, if enough other copies exist. Off by default. What has to stay for want
 * of copies stays without a word: nobody asked for it by name.
 */
import type { Bytes } from '../model/bytes.js'
import { trustOf } from '../policy/trust.js'
import { listObjectKeys } from '../store/list-objects.js'
import { dropHere } from '../transfer/drop.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { CopiesPolicy, type DropSettings, dropBase } from './drop-context.js'
import { configuredRefSpec, findUnused, UNWATCHED } from './find-unused.js'
import type { Matchable } from './match-facts.js'
import { RequiredContent } from './required-content.js'

/**
 * The drops of what nothing refers to; none unless the user has switched it on.
 * @returns whether there were any
 */
export async function* dropRemoved(
  annex: Annex,
  settings: DropSettings,
): AsyncGenerator<Action, boolean> {
  if (annex.config.getBoolean('annex.autodrop-removed') !== true) return false
  const present = listObjectKeys(`${annex.store.annexDir}/objects`)
  const progress = UNWATCHED
  const spec = configuredRefSpec(annex)
  const policy = new CopiesPolicy(annex, settings)
  const required = new RequiredContent(annex)
  let hasAny = false
  for (const keyText of await findUnused(annex, present, { spec, progress })) {
    const found: Matchable = { file: null, keyText, path: undefined, entry: undefined }
    // By the location log: nobody is asked in vain at every sync.
    if (copiesElsewhere(annex, keyText) < policy.neededFor(keyText).numcopies) continue
    if (required.isRequired(found, annex.uuid)) continue
    hasAny = true
    yield dropAction(annex, keyText, policy)
  }
  return hasAny
}

function copiesElsewhere({ branch, uuid, trust }: Annex, keyText: Bytes): number {
  return branch.locations(keyText).filter((other) => {
    const level = trustOf(other, trust)
    return other !== uuid && level !== 'untrusted' && level !== 'dead'
  }).length
}

function dropAction(annex: Annex, keyText: Bytes, policy: CopiesPolicy): Action {
  return {
    command: 'drop',
    item: { keyText },
    async perform(ui) {
      const base = await dropBase(annex, keyText, policy.neededFor(keyText))
      const { dropped } = await dropHere(base, {
        justification: { kind: 'numcopies' },
        branch: annex.branch,
        contentGone: () => annex.workTree.contentChanged(keyText),
      })
      if (dropped) return true
      ui.silent()
      ui.field('dropped', false)
      return true
    },
  }
}
