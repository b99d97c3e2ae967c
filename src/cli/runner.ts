/**
 * Performs the actions of a command, one after the other, and counts those that fail.
 *
 * Actions are self-contained (what they need is in their closure, what they say goes to their own
 * item), so that later several can run at once; only this file will change for that.
 */
import { isAnnexError } from '../model/errors.js'
import type { Action } from './command.js'
import { OutputClosed } from './output.js'
import type { Reporter } from './reporter.js'

export interface RunLimits {
  /** No action is started after this many seconds. */
  readonly timeLimitSeconds: number | undefined
  /** Whether somebody waits for each answer before asking the next question. */
  readonly isBatch: boolean
}

/** What came of the actions. */
export interface Tally {
  /** Items that failed; what seeking could not find is not among them. */
  failed: number
  /** Whether one of them was an event, which is summed up at the end; answers are not. */
  hasFailedEvent: boolean
  isTimeUp: boolean
  /** The highest exit status an error asked for. */
  exitStatus: number
  /** Whether an action was cut short: by an error of the system, or a full disk. */
  isUnsettled: boolean
}

/**
 * Performs actions until there are no more or the time is up.
 * @throws what the iterable throws; what an action throws only fails that item
 */
export async function performAll(
  actions: AsyncIterable<Action | undefined>,
  reporter: Reporter,
  limits: RunLimits,
): Promise<Tally> {
  const tally: Tally = {
    failed: 0,
    hasFailedEvent: false,
    isTimeUp: false,
    exitStatus: 0,
    isUnsettled: false,
  }
  const { timeLimitSeconds = Number.POSITIVE_INFINITY } = limits
  const endMs = performance.now() + timeLimitSeconds * 1000
  for await (const action of actions) {
    if (performance.now() >= endMs) {
      tally.isTimeUp = true
      break
    }
    if (action) await performOne(action, reporter, tally)
    else if (limits.isBatch) reporter.skipped()
    if (limits.isBatch) reporter.flush()
  }
  return tally
}

async function performOne(action: Action, reporter: Reporter, tally: Tally): Promise<void> {
  const item = reporter.begin(action)
  let succeeded = false
  try {
    const result = action.perform(item)
    // Awaiting what is no promise would cost every item of a `find` a turn.
    succeeded = (typeof result === 'object' ? await result : result) !== false
    item.finish(succeeded)
  } catch (error) {
    if (error instanceof OutputClosed) throw error
    item.fail(error)
    if (!isAnnexError(error) || error.code === 'DISK_FULL') tally.isUnsettled = true
    tally.exitStatus = Math.max(tally.exitStatus, isAnnexError(error) ? error.exitStatus : 1)
  }
  if (succeeded) return
  tally.failed++
  tally.exitStatus = Math.max(tally.exitStatus, 1)
  if (!action.answer) tally.hasFailedEvent = true
}
