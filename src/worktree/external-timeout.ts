/** How long the program of an external backend may work on a file without a word. */
import { setExternalTimeout } from '../backends/external.js'
import type { GitConfig } from '../git/config.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseDuration } from '../model/units.js'

const SETTING = 'annex.externalbackend-timeout'

/**
 * Applies `annex.externalbackend-timeout`, a duration such as `90` (seconds) or `5m`, to all programs.
 * @throws AnnexError CONFIG_INVALID
 */
export function applyExternalTimeout(config: GitConfig): void {
  const value = config.get(SETTING)
  if (value === undefined) return
  const seconds = parseDuration(bytesToText(value))
  if (!seconds)
    throw new AnnexError('CONFIG_INVALID', `Bad duration "${bytesToText(value)}" for "${SETTING}"`)
  setExternalTimeout(seconds)
}
