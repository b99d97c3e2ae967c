/**
 * Sending content from one remote to another by way of here, without keeping it: what is not here
 * anyhow comes as a temporary file, which is no copy that anybody could count on and which the next
 * command sweeps when this one is killed.
 */
import type { AnnexBranch } from '../branch/branch.js'
import type { GitConfig } from '../git/config.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { OnProgress, Remote } from '../remotes/remote.js'
import { claimSpace } from '../store/free-space.js'
import type { ObjectStore } from '../store/object-store.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { attemptTransfer } from './attempts.js'
import { keySize, type TransferUi } from './fetch.js'
import { sendContent } from './send.js'
import type { Direction } from './transfer-records.js'
import { transferSettings } from './transfer-settings.js'

/** The repository in the middle. */
export interface Relay {
  readonly store: ObjectStore
  readonly branch: AnnexBranch
  readonly config: GitConfig
  /** Bytes to leave free on our disk; 0n: do not look. */
  readonly reserveBytes: bigint
}

/** Where content comes from and goes to. */
export interface Route {
  readonly from: Remote
  readonly to: Remote
}

/**
 * Sends content that `to` lacks.
 * @throws AnnexError CONTENT_MISSING, CONTENT_MISMATCH, DISK_FULL, REMOTE_UNAVAILABLE
 */
export async function relayContent(
  keyText: Bytes,
  { from, to }: Route,
  { relay, ui }: { relay: Relay; ui: TransferUi },
): Promise<void> {
  const { store, branch, config } = relay
  if (store.has(keyText)) {
    ui.note(`to ${to.name}...`)
    return await sendContent(keyText, to, { origin: relay, ui })
  }
  const totalBytes = keySize(keyText)
  const onProgress = (done: number) => ui.progress(done, totalBytes)
  const { annexDir } = store
  using _claim = claimSpace({ annexDir, sizeBytes: totalBytes, reserveBytes: relay.reserveBytes })
  const temp = store.temp.newPath()
  const attempt = <T>(remote: Remote, direction: Direction, perform: Perform<T>) => {
    const settings = transferSettings(config, remote, direction)
    return attemptTransfer(perform, { settings, ui, onProgress })
  }
  try {
    const { verified } = await attempt(from, 'download', (report, isAgain) => {
      if (isAgain) files.remove(temp)
      return from.retrieve(keyText, temp, report)
    })
    if (!verified) {
      await prepareVerification(keyText)
      verifyContent(keyText, temp)
    }
    ui.note(`to ${to.name}...`)
    await attempt(to, 'upload', (report) => to.store(keyText, temp, report))
    branch.setPresence(keyText, to.uuid, true)
  } finally {
    files.remove(temp)
  }
}

type Perform<T> = (report: OnProgress, isAgain: boolean) => Promise<T>
