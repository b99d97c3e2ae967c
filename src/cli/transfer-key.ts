/** One transfer of one key with one remote, as other programs ask for it. */
import type { Bytes } from '../model/bytes.js'
import type { Remote } from '../remotes/remote.js'
import { fetchContent, type TransferUi } from '../transfer/fetch.js'
import { sendContent } from '../transfer/send.js'
import type { Annex } from './annex.js'
import { hereAsDestination } from './transfer-context.js'

export interface KeyTransfer {
  readonly direction: 'upload' | 'download'
  readonly remote: Remote
  readonly keyText: Bytes
  /** The file it is for, relative to the top of the work tree. */
  readonly file: Bytes | undefined
}

/**
 * Carries a transfer out; content that is here is not fetched again.
 * @returns whether it succeeded
 * @throws AnnexError
 */
export async function transferKey(
  annex: Annex,
  { direction, remote, keyText, file }: KeyTransfer,
  ui: TransferUi,
): Promise<boolean> {
  if (direction === 'upload') {
    await sendContent(keyText, remote, { origin: annex, ui, file })
    return true
  }
  if (annex.store.has(keyText)) return true
  const destination = hereAsDestination(annex, { force: false })
  return (await fetchContent(keyText, [remote], { destination, ui, file })).from !== undefined
}
