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
import { RunningTransfer } from './running-transfer.js'
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

export interface RelayOptions {
  readonly relay: Relay
  readonly ui: TransferUi
  /** The file it is for, relative to the top of the work tree. */
  readonly file?: Bytes | undefined
}

/**
 * Sends content that `to` lacks. Each half is a transfer like any other: locked against others of the
 * same content, and noted when it fails.
 * @throws AnnexError CONTENT_MISSING, CONTENT_MISMATCH, DISK_FULL, REMOTE_UNAVAILABLE; CONTENT_LOCKED
 *   when somebody is at it
 */
export async function relayContent(
  keyText: Bytes,
  { from, to }: Route,
  { relay, ui, file }: RelayOptions,
): Promise<void> {
  const { store, branch } = relay
  if (store.has(keyText)) {
    ui.note(`to ${to.name}...`)
    return await sendContent(keyText, to, { origin: relay, ui, file })
  }
  const { annexDir } = store
  const sizeBytes = keySize(keyText)
  using _claim = claimSpace({ annexDir, sizeBytes, reserveBytes: relay.reserveBytes })
  const temp = store.temp.newPath()
  const half = { keyText, relay, ui, file }
  try {
    await performHalf({ ...half, remote: from, direction: 'download' }, async (report, isAgain) => {
      if (isAgain) files.remove(temp)
      const { verified } = await from.retrieve(keyText, temp, report)
      if (verified) return
      await prepareVerification(keyText)
      verifyContent(keyText, temp)
    })
    ui.note(`to ${to.name}...`)
    await performHalf({ ...half, remote: to, direction: 'upload' }, (report) =>
      to.store(keyText, temp, report),
    )
    branch.setPresence(keyText, to.uuid, true)
  } finally {
    files.remove(temp)
  }
}

interface Half extends RelayOptions {
  readonly keyText: Bytes
  readonly remote: Remote
  readonly direction: Direction
}

async function performHalf(
  { keyText, remote, direction, relay, ui, file }: Half,
  perform: (report: OnProgress, isAgain: boolean) => Promise<void>,
): Promise<void> {
  const totalBytes = keySize(keyText)
  const subject = { direction, uuid: remote.uuid, keyText, file, totalBytes }
  using transfer = RunningTransfer.begin(relay.store.annexDir, subject)
  const settings = transferSettings(relay.config, remote, direction)
  const onProgress = (doneBytes: number) => {
    transfer.progress(doneBytes)
    ui.progress(doneBytes, totalBytes)
  }
  try {
    await attemptTransfer(perform, { settings, ui, onProgress })
  } catch (error) {
    transfer.fail()
    throw error
  }
  transfer.succeed()
}
