/** Dropping content that no file uses, as safely as any other drop: for `dropunused` and its like. */
import { type Bytes, bytesToText } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import type { Remote } from '../remotes/remote.js'
import { removeLeftover } from '../store/leftovers.js'
import { dropFromRemote, dropHere } from '../transfer/drop.js'
import type { Annex } from './annex.js'
import type { Action, ItemUi } from './command.js'
import { CopiesPolicy, type DropSettings, dropBase, tellUnsafe } from './drop-context.js'
import { DropReasons, type ReasonOptions } from './drop-reasons.js'
import type { Matchable } from './match-facts.js'
import { RequiredContent } from './required-content.js'
import type { NumberedUnused } from './unused-lists.js'

/** What holds for all contents that one command drops. */
export interface UnusedDropPlan {
  readonly from: Remote | 'here'
  readonly policy: CopiesPolicy
  readonly required: RequiredContent
  readonly force: boolean
  readonly reasons: DropReasons
}

/** @param from whose copies are to go */
export function planUnusedDrops(annex: Annex, settings: UnusedDropSettings): UnusedDropPlan {
  const { from, force } = settings
  return {
    from,
    force,
    policy: new CopiesPolicy(annex, settings),
    required: new RequiredContent(annex),
    reasons: new DropReasons(annex, settings),
  }
}

export interface UnusedDropSettings extends DropSettings, ReasonOptions {
  readonly from: Remote | 'here'
  readonly force: boolean
}

/** The removal of one content from the lists. */
export function dropUnusedAction(
  annex: Annex,
  { number, kind, keyText }: NumberedUnused,
  plan: UnusedDropPlan,
): Action {
  return {
    command: 'dropunused',
    item: { label: `${number}`, input: [`${number}`] },
    perform(ui) {
      if (kind === '') return dropUnusedKey(annex, ui, { ...plan, keyText })
      removeLeftover(annex.store, kind, keyText)
      return true
    },
  }
}

/**
 * Drops one content that no file uses.
 * @returns whether it is gone, or was gone already; when not, the reason has been told
 * @throws AnnexError CONTENT_LOCKED, REMOTE_UNAVAILABLE
 */
export async function dropUnusedKey(
  annex: Annex,
  ui: ItemUi,
  { from, policy, required, force, reasons, keyText }: UnusedDropPlan & { readonly keyText: Bytes },
): Promise<boolean> {
  const isHere = from === 'here'
  if (!isHere) ui.note(`from ${from.name}...`)
  else if (!annex.store.has(keyText)) return true
  const uuid = isHere ? annex.uuid : from.uuid
  const found: Matchable = { file: null, keyText, path: undefined, entry: undefined }
  if (force ? refusesUsed(annex, keyText, ui) : required.refuses(found, uuid, ui)) return false
  const base = await dropBase(annex, keyText, policy.neededFor(keyText))
  const options = {
    justification: { kind: force ? 'forced' : 'numcopies' },
    branch: annex.branch,
    contentGone: () => annex.workTree.contentChanged(keyText),
  } as const
  const outcome = isHere ? await dropHere(base, options) : await dropFromRemote(base, from, options)
  if (outcome.proof) {
    recordUnusedDrop(annex, keyText, uuid)
    await reasons.tell(ui, { proof: outcome.proof, needed: base.needed })
  } else await tellUnsafe(annex, ui, { base, outcome, from: uuid })
  return outcome.dropped
}

/**
 * Refuses to force what has got a file since it was listed: the numbers are of another day, and it may
 * be the last copy. Says so then.
 */
export function refusesUsed({ workTree }: Annex, keyText: Bytes, ui: ItemUi): boolean {
  const [path] = workTree.pathsOf(keyText)
  if (path === undefined) return false
  ui.longNote(`${bytesToText(path)} uses this content by now. Run git annex unused again.`)
  return true
}

/**
 * Records that a repository gave unused content up for good: once all have, `fsck` does not miss it.
 */
export function recordUnusedDrop({ branch, workTree }: Annex, keyText: Bytes, uuid: Uuid): void {
  if (workTree.pathsOf(keyText).length > 0) return
  branch.edit(branch.logPath(keyText), { kind: 'presence', item: uuid, status: 'X' })
}
