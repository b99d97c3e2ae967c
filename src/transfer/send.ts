/** Sending content to a remote, and recording that it is there. Implements spec: transfer, section 5. */
import type { AnnexBranch } from '../branch/branch.js'
import type { GitConfig } from '../git/config.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { limitMemory } from '../platform/memory.js'
import type { OnProgress, Remote } from '../remotes/remote.js'
import type { ObjectStore } from '../store/object-store.js'
import { attemptTransfer } from './attempts.js'
import { keySize, type TransferUi } from './fetch.js'
import { isBrief, RunningTransfer } from './running-transfer.js'
import { transferSettings } from './transfer-settings.js'

/** The repository that content is sent from. */
export interface Origin {
  readonly store: ObjectStore
  readonly branch: AnnexBranch
  readonly config: GitConfig
}

export interface SendOptions {
  readonly origin: Origin
  readonly ui: TransferUi
  /** The file it is for, relative to the top of the work tree. */
  readonly file?: Bytes | undefined
}

/**
 * Sends content that is present here.
 * @throws AnnexError CONTENT_MISSING, CONTENT_LOCKED when it is being sent there already, and what the
 *   remote throws; nothing is recorded then
 */
export async function sendContent(
  keyText: Bytes,
  remote: Remote,
  { origin, ui, file }: SendOptions,
): Promise<void> {
  limitMemory()
  const place = origin.store.locate(keyText)
  if (!place) throw new AnnexError('CONTENT_MISSING', `content of ${keyText} is not present`)
  const totalBytes = keySize(keyText)
  const subject = { direction: 'upload', uuid: remote.uuid, keyText, file, totalBytes } as const
  using transfer = RunningTransfer.begin(origin.store.annexDir, subject)
  const onProgress = (doneBytes: number) => {
    transfer.progress(doneBytes)
    ui.progress(doneBytes, totalBytes)
  }
  const settings = transferSettings(origin.config, remote, 'upload')
  try {
    await attemptTransfer((report) => remote.store(keyText, place.path, report), {
      settings,
      ui,
      onProgress,
    })
  } catch (error) {
    transfer.fail()
    throw error
  }
  transfer.succeed()
  origin.branch.setPresence(keyText, remote.uuid, true)
}

/**
 * Records what has come of content that was sent ahead of its turn.
 * @returns whether the remote had it before, or has it now; undefined: it has to be sent
 * @throws AnnexError REMOTE_UNAVAILABLE
 */
export async function takeSentAhead(
  keyText: Bytes,
  remote: Remote,
  { origin, ui, file }: SendOptions,
): Promise<'there' | 'stored' | undefined> {
  const totalBytes = keySize(keyText)
  if (!remote.storedAhead || !maySendAhead(keyText)) return undefined
  const subject = { direction: 'upload', uuid: remote.uuid, keyText, file, totalBytes } as const
  const settings = transferSettings(origin.config, remote, 'upload')
  const take = (report: OnProgress) => remote.storedAhead!(keyText, report)
  using transfer = RunningTransfer.begin(origin.store.annexDir, subject)
  let sent: 'there' | 'stored' | undefined
  try {
    sent = await attemptTransfer(take, { settings, ui, onProgress: () => {} })
  } catch (error) {
    transfer.fail()
    throw error
  }
  if (sent === 'stored') {
    limitMemory()
    transfer.succeed()
    ui.progress(totalBytes!, totalBytes)
    origin.branch.setPresence(keyText, remote.uuid, true)
  } else if (sent) origin.branch.correctPresence(keyText, remote.uuid, true)
  return sent
}

/** Whether content is short enough to be sent ahead: without the lock of a transfer. */
export function maySendAhead(keyText: Bytes): boolean {
  return isBrief(keySize(keyText))
}
