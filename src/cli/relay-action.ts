/**
 * `copy` and `move` from one remote to another. What the destination lacks goes by way of here and is
 * not kept; the source is dropped while the destination's copy, or ours, is locked.
 */
import type { Remote } from '../remotes/remote.js'
import { type Relay, relayContent } from '../transfer/relay.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import type { MovedFrom } from './moved-from.js'
import type { Found } from './seek.js'

/** One content from one remote to another. */
export interface RelayPlan {
  readonly from: Remote
  readonly to: Remote
  /** Drops the source's copy in the end; undefined when it stays. */
  readonly source: MovedFrom | undefined
  readonly relay: Relay
  readonly ui: ItemUi
}

/** @returns whether all is done */
export async function relayAction(
  { branch, store }: Annex,
  found: Found,
  { from, to, source, relay, ui }: RelayPlan,
): Promise<boolean> {
  const { keyText } = found
  ui.note(`from ${from.name}...`)
  const hasNow = await to.checkPresent(keyText)
  const step = { found, from, to }
  const had = source?.begin(step, hasNow) ?? hasNow
  if (!hasNow) await relayContent(keyText, { from, to }, { relay, ui, file: found.path })
  else {
    if (!store.has(keyText)) ui.note(`to ${to.name}...`)
    branch.correctPresence(keyText, to.uuid, true)
  }
  return (await source?.drop(step, { had, ui })) ?? true
}
