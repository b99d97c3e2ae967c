/** The course of a sync, or of a part of it (spec: CLI, section 11.3). */
import type { Annex } from './annex.js'
import { ALL_DONE, type Step } from './command.js'
import { dropRemoved } from './drop-removed.js'
import { syncContent } from './sync-content.js'
import { commitAction, mergeActions, pullAction, pushActions } from './sync-git.js'
import type { SyncGiven } from './sync-options.js'
import type { SyncPlan } from './sync-plan.js'

/** Commits, pulls, moves contents and pushes, as far as the plan says. */
export async function* runSync(
  annex: Annex,
  plan: SyncPlan,
  given: SyncGiven,
): AsyncIterable<Step> {
  if (plan.commits) yield commitAction(annex, plan)
  if (plan.merges) yield* mergeActions(annex, plan)
  if (plan.pulls) yield* pullActions(annex, plan)
  if (plan.content) yield* contentActions(annex, plan, given)
  yield* pushAll(annex, plan)
  // The remotes' branches refer to what was removed until they are pushed to.
  if (plan.pulls && plan.pushes && (yield* dropRemoved(annex, given))) yield* pushAll(annex, plan)
}

function* pushAll(annex: Annex, plan: SyncPlan): Iterable<Step> {
  yield ALL_DONE
  // What was just moved or dropped is to be pushed, too.
  annex.branch.commit()
  for (const remote of plan.remotes)
    if (plan.pushes && remote.pushes && !remote.isReadOnly) yield* pushActions(annex, remote, plan)
}

/** Pulls from each remote, one after the other: git's way to be quick. */
async function* pullActions(annex: Annex, plan: SyncPlan): AsyncIterable<Step> {
  for (const remote of plan.remotes) if (remote.pulls) yield pullAction(annex, remote, plan)
  annex.mergeBranches({ always: true })
}

/** Moves contents. That takes time, so others may have pushed meanwhile: once more from them. */
async function* contentActions(
  annex: Annex,
  plan: SyncPlan,
  given: SyncGiven,
): AsyncIterable<Step> {
  let hasMoved = false
  for await (const action of syncContent(annex, plan, given)) {
    hasMoved ||= !action.command.startsWith('drop')
    yield action
  }
  if (!hasMoved || !plan.pulls || !plan.pushes) return
  yield ALL_DONE
  yield* pullActions(annex, plan)
}
