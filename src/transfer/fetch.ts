/**
 * Getting content: remotes are tried in turn, what arrives is checked before it becomes an object and
 * before anybody is told that it is here. Implements spec: transfer, sections 6 and 7.
 */
import { backendOfKey } from '../backends/registry.js'
import type { AnnexBranch } from '../branch/branch.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import {
  AnnexError,
  errorMessage,
  isAnnexError,
  isFailureBelow,
  isSystemError,
} from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatSize } from '../model/units.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import type { Remote } from '../remotes/remote.js'
import type { ObjectStore } from '../store/object-store.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { hasEquivalents, recordEquivalent, verifyByEquivalents } from './equivalent-keys.js'
import { lockPartialDownload } from './partial-download.js'

/** The repository that content comes to. */
export interface Destination {
  readonly uuid: Uuid
  readonly store: ObjectStore
  readonly branch: AnnexBranch
  /** Bytes to leave free on the disk (annex.diskreserve); 0n: do not look. */
  readonly reserveBytes: bigint
  /** Makes the work tree follow. */
  contentArrived(keyText: Bytes): void
}

/** Who is told about the transfer. */
export interface TransferUi {
  note(text: string): void
  warning(text: string): void
  progress(doneBytes: number, totalBytes?: number): void
}

export interface FetchOutcome {
  /** Where it came from; undefined when nobody could give it. */
  readonly from: Remote | undefined
  /** Remotes that were tried in vain. */
  readonly failed: readonly Remote[]
}

/**
 * Fetches content from the first remote that gives it.
 * @param remotes in the order in which they are to be tried
 * @throws AnnexError DISK_FULL, KEY_INSECURE: no other remote would do better
 */
export async function fetchContent(
  keyText: Bytes,
  remotes: readonly Remote[],
  { destination, ui }: { destination: Destination; ui: TransferUi },
): Promise<FetchOutcome> {
  const totalBytes = keySize(keyText)
  destination.store.refuseInsecure(keyText)
  refuseWhenFull(destination, totalBytes)
  const failed: Remote[] = []
  for (const remote of remotes) {
    ui.note(`from ${remote.name}...`)
    try {
      await fetchFrom(remote, keyText, destination, (done) => ui.progress(done, totalBytes))
      return { from: remote, failed }
    } catch (error) {
      if (!mayDoBetterElsewhere(error, destination.store)) throw error
      ui.warning(errorMessage(error))
      failed.push(remote)
    }
  }
  return { from: undefined, failed }
}

/** A failure at this repository (its disk is full, or may not be written) ends the attempt. */
function mayDoBetterElsewhere(error: unknown, store: ObjectStore): boolean {
  if (isAnnexError(error)) return error.code !== 'DISK_FULL'
  return isSystemError(error) && !isFailureBelow(error, bytesToText(store.annexDir))
}

async function fetchFrom(
  remote: Remote,
  keyText: Bytes,
  destination: Destination,
  onProgress: (doneBytes: number) => void,
): Promise<void> {
  const { store, branch, uuid } = destination
  using partial = isResumable(remote, keyText)
    ? lockPartialDownload(store, keyText, remote.uuid)
    : undefined
  const temp = partial?.path ?? store.temp.newPath()
  try {
    const { verified } = await remote.retrieve(keyText, temp, onProgress)
    if (!verified) await verifyReceived(destination, keyText, temp)
    store.moveIn(keyText, temp)
  } catch (error) {
    if (!partial || isAnnexError(error, 'CONTENT_MISMATCH')) files.remove(temp)
    throw error
  }
  branch.setPresence(keyText, uuid, true)
  destination.contentArrived(keyText)
}

/** What may be another content the next time is begun anew. */
function isResumable(remote: Remote, keyText: Bytes): boolean {
  const backend = backendOfKey(keyText.slice(0, keyText.indexOf('-')))
  return remote.resumes === true && backend?.kind === 'hash'
}

/** @throws AnnexError CONTENT_MISMATCH, BACKEND_FAILED */
async function verifyReceived({ branch }: Destination, keyText: Bytes, path: Bytes): Promise<void> {
  await prepareVerification(keyText)
  verifyContent(keyText, path)
  if (!hasEquivalents(keyText)) return
  if (!(await verifyByEquivalents(branch, keyText, path))) recordEquivalent(branch, keyText, path)
}

/** The size of a key's content, as far as the key tells and a number holds it. */
export function keySize(keyText: Bytes): number | undefined {
  const size = parseKey(keyText)?.sizeBytes
  return size === undefined ? undefined : Number(size)
}

function refuseWhenFull(
  { store, reserveBytes }: Destination,
  totalBytes: number | undefined,
): void {
  if (totalBytes === undefined || reserveBytes === 0n) return
  const missing = BigInt(totalBytes) + reserveBytes - files.freeBytes(parentOf(store.annexDir))
  if (missing <= 0n) return
  throw new AnnexError(
    'DISK_FULL',
    `not enough free space, need ${formatSize(missing)} more (use --force to override this check or adjust annex.diskreserve)`,
  )
}

/** The annex directory may not exist yet; the git directory around it does. */
function parentOf(path: Bytes): Bytes {
  return path.slice(0, path.lastIndexOf('/'))
}
