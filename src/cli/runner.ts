/**
 * Performs the actions of a command, one after the other or (`-J`) several at once, and counts those
 * that fail. Actions are self-contained: what they need is in their closure, what they say goes to
 * their own item. They share this thread, so only what waits (for a network, a child process)
 * overlaps. Implements spec: transfer, section 7.
 */
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { type Action, ALL_DONE, type Step } from './command.js'
import { OutputClosed } from './output.js'
import type { Reporter } from './reporter.js'

export interface RunLimits {
  /** No action is started after this many seconds. */
  readonly timeLimitSeconds: number | undefined
  /** Whether somebody waits for each answer before asking the next question. */
  readonly isBatch: boolean
  /** How many actions may run at once, at least 1. */
  readonly jobs: number
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
  steps: AsyncIterable<Step>,
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
  const { timeLimitSeconds = Number.POSITIVE_INFINITY, jobs } = limits
  const endMs = performance.now() + timeLimitSeconds * 1000
  const crew =
    jobs > 1 ? new Crew(jobs, (action) => performOne(action, reporter, tally)) : undefined
  try {
    for await (const step of steps) {
      if (performance.now() >= endMs) {
        tally.isTimeUp = true
        break
      }
      if (step === ALL_DONE) await crew?.settle()
      else if (!step && limits.isBatch) reporter.skipped()
      else if (step && crew) await crew.take(step)
      else if (step) await performOne(step, reporter, tally)
      if (limits.isBatch) reporter.flush()
    }
  } finally {
    await crew?.settle()
  }
  return tally
}

/** Those who work at once. An action for a key waits, in its place, for the one before of that key. */
class Crew {
  readonly #size: number
  readonly #perform: (action: Action) => Promise<void>
  readonly #running = new Set<Promise<void>>()
  readonly #latestOfKey = new Map<Bytes, Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  constructor(size: number, perform: (action: Action) => Promise<void>) {
    this.#size = size
    this.#perform = perform
  }

  /**
   * Starts an action, and returns when there is room for the next.
   * @throws what ends the program, such as OutputClosed
   */
  async take(action: Action): Promise<void> {
    if (action.isAlone) {
      await this.settle()
      await this.#perform(action)
      return
    }
    const { keyText } = action.item
    const before = keyText === undefined ? undefined : this.#latestOfKey.get(keyText)
    const work = this.#run(action, before).finally(() => {
      this.#running.delete(work)
      if (keyText !== undefined && this.#latestOfKey.get(keyText) === work)
        this.#latestOfKey.delete(keyText)
    })
    this.#running.add(work)
    if (keyText !== undefined) this.#latestOfKey.set(keyText, work)
    if (this.#running.size >= this.#size) await Promise.race(this.#running)
    this.#rethrow()
  }

  /** Waits for all. @throws what ends the program */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    this.#rethrow()
  }

  async #run(action: Action, before: Promise<void> | undefined): Promise<void> {
    if (before) await before
    if (this.#failure) return
    try {
      await this.#perform(action)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  #rethrow(): void {
    if (this.#failure) throw this.#failure.error
  }
}

async function performOne(action: Action, reporter: Reporter, tally: Tally): Promise<void> {
  const item = reporter.begin(action)
  let succeeded = false
  try {
    const result = action.perform(item)
    // Awaiting what is no promise would cost every item of a `find` a turn.
    succeeded = (typeof result === 'object' ? await result : result) !== false
    item.finish(succeeded)
    if (action.isUncounted) return
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
