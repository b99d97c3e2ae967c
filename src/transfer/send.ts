/** Sending content to a remote, and recording that it is there. */
import type { AnnexBranch } from '../branch/branch.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import type { ObjectStore } from '../store/object-store.js'
import { keySize, type TransferUi } from './fetch.js'

/** The repository that content is sent from. */
export interface Origin {
  readonly store: ObjectStore
  readonly branch: AnnexBranch
}

/**
 * Sends content that is present here.
 * @throws AnnexError CONTENT_MISSING, and what the remote throws; nothing is recorded then
 */
export async function sendContent(
  keyText: Bytes,
  remote: Remote,
  { origin, ui }: { origin: Origin; ui: TransferUi },
): Promise<void> {
  const place = origin.store.locate(keyText)
  if (!place) throw new AnnexError('CONTENT_MISSING', `content of ${keyText} is not present`)
  const totalBytes = keySize(keyText)
  await remote.store(keyText, place.path, (done) => ui.progress(done, totalBytes))
  origin.branch.setPresence(keyText, remote.uuid, true)
}
