/**
 * Attempts at one transfer: held back to the bandwidth that is allowed, broken off when they stall, made
 * again when that may help. It works for every remote that minds its `OnProgress`.
 * Implements spec: transfer, sections 7 and 8.
 */
import { AnnexError, errorMessage, isAnnexError } from '../model/errors.js'
import { sleep } from '../platform/sleep.js'
import type { OnProgress } from '../remotes/remote.js'
import { STALL, type StallRule, type TransferSettings } from './transfer-settings.js'

const SEEMS_STALLED =
  'Transfer seems to have stalled. To restart stalled transfers, configure annex.stalldetection'

export interface AttemptOptions {
  readonly settings: TransferSettings
  readonly ui: { note(text: string): void; warning(text: string): void }
  readonly onProgress: (doneBytes: number) => void
}

/**
 * Makes attempts until one succeeds or there is no use in another.
 * @param perform is told whether it is not the first attempt
 * @throws what the last one threw
 */
export async function attemptTransfer<T>(
  perform: (onProgress: OnProgress, isAgain: boolean) => Promise<T>,
  { settings, ui, onProgress }: AttemptOptions,
): Promise<T> {
  let furthest = 0
  let [forward, again] = [0, 0]
  for (;;) {
    let reached = 0
    const attempt = new Attempt({ settings, ui }, (doneBytes) => {
      reached = Math.max(reached, doneBytes)
      onProgress(doneBytes)
    })
    try {
      return await attempt.run((report) => perform(report, forward + again > 0))
    } catch (error) {
      // Any other failure would be the same the next time.
      if (!isAnnexError(error, 'REMOTE_UNAVAILABLE')) throw error
      if (reached > furthest && forward < settings.forwardRetries) forward++
      else if (again < settings.retries) again++
      else throw error
      furthest = Math.max(furthest, reached)
      ui.warning(errorMessage(error))
      const delaySeconds = again === 0 ? 0 : settings.retryDelaySeconds * 2 ** (again - 1)
      if (delaySeconds > 0) {
        ui.note(`Delaying ${delaySeconds}s before retrying....`)
        await sleep(delaySeconds * 1000)
      }
    }
  }
}

/** One attempt: it is watched from its beginning to its end. */
class Attempt {
  readonly #settings: TransferSettings
  readonly #ui: AttemptOptions['ui']
  readonly #onProgress: (doneBytes: number) => void
  readonly #startMs = performance.now()
  #firstBytes: number | undefined
  #doneBytes = 0

  constructor(
    { settings, ui }: Pick<AttemptOptions, 'settings' | 'ui'>,
    onProgress: (doneBytes: number) => void,
  ) {
    this.#settings = settings
    this.#ui = ui
    this.#onProgress = onProgress
  }

  async run<T>(perform: (onProgress: OnProgress) => Promise<T>): Promise<T> {
    const { stall, bytesPerSecond } = this.#settings
    const report = (doneBytes: number) => this.#report(doneBytes)
    const abort = stall ? new AbortController() : undefined
    const watch = stall === false ? undefined : this.#watch(stall ?? STALL, abort)
    try {
      return await perform(
        Object.assign(report, {
          ...(abort && { signal: abort.signal }),
          ...(bytesPerSecond && { waitMs: () => this.#waitMs(bytesPerSecond) }),
        }),
      )
    } catch (error) {
      if (!abort?.signal.aborted) throw error
      throw new AnnexError('REMOTE_UNAVAILABLE', 'Transfer stalled', { cause: error })
    } finally {
      clearInterval(watch)
    }
  }

  #report(doneBytes: number): void {
    this.#firstBytes ??= doneBytes
    this.#doneBytes = doneBytes
    this.#onProgress(doneBytes)
  }

  /** Breaks a transfer off that stalls or, when nobody said what that is, tells of it once. */
  #watch({ bytes, seconds }: StallRule, abort: AbortController | undefined): NodeJS.Timeout {
    let lastBytes = 0
    const watch = setInterval(() => {
      if (this.#doneBytes - lastBytes < bytes) {
        clearInterval(watch)
        if (abort) abort.abort()
        else this.#ui.warning(SEEMS_STALLED)
      }
      lastBytes = this.#doneBytes
    }, seconds * 1000)
    return watch
  }

  /** How long the bytes so far should have taken still. What was there before is not counted. */
  #waitMs(bytesPerSecond: number): number {
    const movedBytes = this.#doneBytes - (this.#firstBytes ?? 0)
    const elapsedMs = performance.now() - this.#startMs
    return Math.max((movedBytes / bytesPerSecond) * 1000 - elapsedMs, 0)
  }
}
