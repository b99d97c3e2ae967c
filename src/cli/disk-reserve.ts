/** The room that is never used up on a disk: `annex.diskreserve` (spec: transfer). */
import type { GitConfig } from '../git/config.js'
import { bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseSize } from '../model/units.js'

/** git-annex's default. */
const DEFAULT_BYTES = 100_000_000n

/** The reserve in bytes. @throws AnnexError CONFIG_INVALID */
export function diskReserve(config: GitConfig): bigint {
  const text = config.get('annex.diskreserve')
  if (text === undefined) return DEFAULT_BYTES
  const size = parseSize(bytesToText(text))
  if (size !== undefined) return size
  throw new AnnexError('CONFIG_INVALID', `Bad size "${bytesToText(text)}" for "annex.diskreserve"`)
}
