/**
 * Getting content: remotes are tried in turn, what arrives is checked before it becomes an object and
 * before anybody is told that it is here. Implements spec: transfer, sections 6 and 7.
 */
import { backendOfKey } from '../backends/registry.js'
import type { AnnexBranch } from '../branch/branch.js'
import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { errorMessage, isAnnexError, isFailureBelow, isSystemError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { limitMemory } from '../platform/memory.js'
import { sleep } from '../platform/sleep.js'
import type { OnProgress, Remote } from '../remotes/remote.js'
import { claimSpace, type SpaceClaim } from '../store/free-space.js'
import type { ObjectStore } from '../store/object-store.js'
import { forgetPartial } from '../store/partial-files.js'
import { canMatch, matchesKey } from '../store/short-content.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { attemptTransfer } from './attempts.js'
import { hasEquivalents, recordEquivalent, verifyByEquivalents } from './equivalent-keys.js'
import { takePartialDownload } from './partial-download.js'
import { isBrief, RunningTransfer, type TransferOptions } from './running-transfer.js'
import { type TransferSettings, transferSettings } from './transfer-settings.js'

/** The repository that content comes to. */
export interface Destination {
  readonly uuid: Uuid
  readonly store: ObjectStore
  readonly branch: AnnexBranch
  readonly config: GitConfig
  /** Bytes to leave free on the disk (annex.diskreserve); 0n: do not look. */
  readonly reserveBytes: bigint
  /**
   * Makes the work tree follow.
   * @param content all of it, verified, when it is in memory; valid during the call only
   */
  contentArrived(keyText: Bytes, content?: Uint8Array): void
}

/** Who is told about the transfer. */
export interface TransferUi {
  note(text: string): void
  warning(text: string): void
  progress(doneBytes: number, totalBytes?: number): void
}

export interface FetchOptions {
  readonly destination: Destination
  readonly ui: TransferUi
  /** The file it is for, relative to the top of the work tree. */
  readonly file?: Bytes | undefined
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
  { destination, ui, file }: FetchOptions,
): Promise<FetchOutcome> {
  limitMemory()
  const totalBytes = keySize(keyText)
  destination.store.refuseInsecure(keyText)
  const { reserveBytes, store } = destination
  using claim = claimSpace({ annexDir: store.annexDir, sizeBytes: totalBytes, reserveBytes })
  const failed: Remote[] = []
  for (const remote of byWorkload(remotes)) {
    ui.note(`from ${remote.name}...`)
    const settings = transferSettings(destination.config, remote, 'download')
    const plan = { destination, ui, settings, file, totalBytes, claim }
    begun.set(remote, (begun.get(remote) ?? 0) + 1)
    try {
      await fetchFrom(remote, keyText, plan)
      return { from: remote, failed }
    } catch (error) {
      if (!mayDoBetterElsewhere(error, destination.store)) throw error
      ui.warning(errorMessage(error))
      failed.push(remote)
    } finally {
      begun.set(remote, begun.get(remote)! - 1)
    }
  }
  return { from: undefined, failed }
}

/** How many downloads each remote is busy with. */
const begun = new WeakMap<Remote, number>()

/** Among remotes of one cost, the one with least to do goes first. */
function byWorkload(remotes: readonly Remote[]): readonly Remote[] {
  const workload = (remote: Remote) => begun.get(remote) ?? 0
  if (remotes.length < 2 || remotes.every((remote) => workload(remote) === 0)) return remotes
  const isSorted = remotes.every(({ cost }, i) => i === 0 || remotes[i - 1]!.cost <= cost)
  if (!isSorted) return remotes
  return remotes.toSorted((a, b) => a.cost - b.cost || workload(a) - workload(b))
}

/** A failure at this repository (its disk is full, or may not be written) ends the attempt. */
function mayDoBetterElsewhere(error: unknown, store: ObjectStore): boolean {
  if (isAnnexError(error)) return error.code !== 'DISK_FULL'
  return isSystemError(error) && !isFailureBelow(error, bytesToText(store.annexDir))
}

interface FetchPlan extends FetchOptions {
  readonly settings: TransferSettings
  readonly totalBytes: number | undefined
  readonly claim: SpaceClaim
}

/** Where content arrives: what can be gone on with later lies where git-annex has it, too. */
async function fetchFrom(remote: Remote, keyText: Bytes, plan: FetchPlan): Promise<void> {
  const { store } = plan.destination
  const { file, totalBytes } = plan
  const subject = { direction: 'download', uuid: remote.uuid, keyText, file, totalBytes } as const
  using transfer = await begin(store, subject)
  if (!transfer) return
  const isKept = !isBrief(totalBytes) && isResumable(remote, keyText)
  using partial = isKept ? takePartialDownload(store, keyText) : undefined
  const temp = partial?.path ?? store.temp.newPath()
  try {
    await fetchTo(temp, { remote, keyText, plan, isKept, transfer })
    // What an earlier attempt, perhaps from elsewhere, has left is of no more use.
    if (!isKept) forgetPartial(store.annexDir, keyText)
    transfer.succeed()
  } catch (error) {
    transfer.fail()
    throw error
  }
}

/** How long another process that is at the same content may take to bring it. */
const PATIENCE_MS = 1000
const POLL_MS = 20

/**
 * Begins a transfer, in a moment when somebody else is at it now.
 * @returns undefined when they have brought the content
 * @throws AnnexError CONTENT_LOCKED when they are at it still
 */
async function begin(
  store: ObjectStore,
  subject: TransferOptions,
): Promise<RunningTransfer | undefined> {
  const endMs = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return RunningTransfer.begin(store.annexDir, subject)
    } catch (error) {
      if (!isAnnexError(error, 'CONTENT_LOCKED') || performance.now() > endMs) throw error
    }
    await sleep(POLL_MS)
    if (store.has(subject.keyText)) return undefined
  }
}

interface Fetch {
  readonly remote: Remote
  readonly keyText: Bytes
  readonly plan: FetchPlan
  /** What has come before a failure stays. */
  readonly isKept: boolean
  readonly transfer: RunningTransfer
}

async function fetchTo(
  temp: Bytes,
  { remote, keyText, plan, isKept, transfer }: Fetch,
): Promise<void> {
  const { destination, ui, settings, totalBytes, claim } = plan
  const { store } = destination
  const onProgress = (doneBytes: number) => {
    transfer.progress(doneBytes)
    claim.progress(doneBytes)
    ui.progress(doneBytes, totalBytes)
  }
  try {
    const perform = async (report: OnProgress, isAgain: boolean) => {
      if (isAgain && !isKept) files.remove(temp)
      if (await fetchShort({ remote, keyText, plan }, report)) return undefined
      return await remote.retrieve(keyText, temp, report)
    }
    const received = await attemptTransfer(perform, { settings, ui, onProgress })
    if (!received) return
    if (!received.verified) await verifyReceived(destination, keyText, temp)
    store.moveIn(keyText, temp)
  } catch (error) {
    if (!isKept || isAnnexError(error, 'CONTENT_MISMATCH')) files.remove(temp)
    throw error
  }
  settle(destination, keyText)
}

/** Records that content is here, and has the work tree follow. */
function settle(destination: Destination, keyText: Bytes, content?: Uint8Array): void {
  destination.branch.setPresence(keyText, destination.uuid, true)
  destination.contentArrived(keyText, content)
}

/**
 * Takes a short content from memory into the store and the work tree: it is written twice, and not
 * read again.
 * @returns false when it must be fetched in the ordinary way
 */
async function fetchShort(
  { remote, keyText, plan }: Pick<Fetch, 'remote' | 'keyText' | 'plan'>,
  report: OnProgress,
): Promise<boolean> {
  const { destination, totalBytes } = plan
  if (!remote.retrieveShort || !isBrief(totalBytes) || !canMatch(keyText)) return false
  const take = (content: Uint8Array, mode: number) => {
    if (!matchesKey(keyText, content)) return false
    report(content.length)
    destination.store.storeBuffer(keyText, content, mode)
    settle(destination, keyText, content)
    return true
  }
  return await remote.retrieveShort(keyText, take, report)
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
