/** Says in one sentence what a full disk means for content on its way in. */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isDiskFull } from '../model/errors.js'

/** Turns ENOSPC and EDQUOT into DISK_FULL; returns every other error as it is. */
export function diskError(error: unknown, what: Bytes): unknown {
  if (!isDiskFull(error)) return error
  return new AnnexError(
    'DISK_FULL',
    `Cannot store ${bytesToText(what)}: no space left on the device`,
    {
      hint: 'Free some space and try again; nothing was changed',
      cause: error,
    },
  )
}
