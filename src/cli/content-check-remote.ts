/**
 * Checking the content that a remote has of a key: fetched to a temporary file, unless it can be read
 * where it lies, and compared with the key. Bad content is dropped there; it is kept in `annex/bad`
 * here when this repository has no good one. Implements spec: CLI, section 11.1 (fsck --from).
 */
import { relative } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { errorMessage, isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatSize } from '../model/units.js'
import * as files from '../platform/files.js'
import { proveCorrupt } from '../policy/numcopies.js'
import type { OnProgress, Remote } from '../remotes/remote.js'
import { diskReserve } from '../store/free-space.js'
import { keepAside } from '../store/quarantine.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { checkLocation, findProblem } from './content-check.js'

export interface RemoteContentCheck {
  readonly remote: Remote
  readonly keyText: Bytes
  /** How the content is called: a path, or the key. */
  readonly name: Bytes
  /** Neither fetches the content nor reads it. */
  readonly isFast: boolean
}

/** A copy of the remote's content that can be read. */
interface Copy {
  readonly path: Bytes
  /** It was fetched and is ours; else it is the remote's own file. */
  readonly isTemp: boolean
  /** The remote has compared it with the key. */
  readonly isVerified: boolean
}

/** What a remote has told. */
export interface RemoteContent {
  /** False when the content is missing and should not be. */
  readonly isRight: boolean
  readonly isPresent: boolean
}

/**
 * Asks a remote for a content, and mends what is recorded of it.
 * @throws AnnexError REMOTE_UNAVAILABLE
 */
export async function findRemoteContent(
  annex: Annex,
  ui: ItemUi,
  { remote, keyText, name }: RemoteContentCheck,
): Promise<RemoteContent> {
  const isPresent = await remote.checkPresent(keyText)
  const isRight = checkLocation(annex, ui, { keyText, uuid: remote.uuid, name, isPresent })
  return { isRight, isPresent }
}

/**
 * Compares content that a remote has with its key; bad content is dropped there.
 * @returns whether it is good, as far as could be told
 */
export async function checkRemoteContent(
  annex: Annex,
  ui: ItemUi,
  check: RemoteContentCheck,
): Promise<boolean> {
  const copy = await obtain(annex, ui, check)
  if (copy === undefined) return true
  if (copy === 'failed') return false
  try {
    return await checkCopy(annex, ui, { ...check, copy })
  } finally {
    if (copy.isTemp) files.remove(copy.path)
  }
}

/** @returns undefined when there is to be no copy: nothing more can be said then */
async function obtain(
  annex: Annex,
  ui: ItemUi,
  check: RemoteContentCheck,
): Promise<Copy | 'failed' | undefined> {
  const { remote, keyText, isFast } = check
  const path = remote.contentPath?.(keyText)
  if (path !== undefined) return { path, isTemp: false, isVerified: false }
  if (isFast || !hasRoom(annex, ui, keyText)) return undefined
  return await fetchCopy(annex, ui, check)
}

function hasRoom({ config, store }: Annex, ui: ItemUi, keyText: Bytes): boolean {
  const size = parseKey(keyText)?.sizeBytes
  if (size === undefined) return true
  const missing = size + diskReserve(config) - files.freeBytes(store.annexDir)
  if (missing <= 0n) return true
  ui.warning(
    `not enough free space, need ${formatSize(missing)} more (use --force to override this check or adjust annex.diskreserve)`,
  )
  return false
}

async function fetchCopy(
  { store }: Annex,
  ui: ItemUi,
  { remote, keyText, name }: RemoteContentCheck,
): Promise<Copy | 'failed'> {
  const path = store.temp.newPath()
  const size = parseKey(keyText)?.sizeBytes
  const totalBytes = size === undefined ? undefined : Number(size)
  const onProgress = (doneBytes: number) => ui.progress(doneBytes, totalBytes)
  try {
    const { verified } = await remote.retrieve(keyText, path, onProgress)
    return { path, isTemp: true, isVerified: verified }
  } catch (error) {
    files.remove(path)
    if (await hasAsIs(remote, { keyText, path, onProgress }))
      return { path, isTemp: true, isVerified: false }
    // What checks for itself what comes gives nothing bad away; nothing is dropped on its word.
    ui.warning(
      `${bytesToText(name)}: failed to download file from remote\n(${errorMessage(error)})`,
    )
    return 'failed'
  }
}

/** Fetches what could not be fetched as the content of the key, from remotes that give it away. */
async function hasAsIs(
  remote: Remote,
  { keyText, path, onProgress }: { keyText: Bytes; path: Bytes; onProgress: OnProgress },
): Promise<boolean> {
  if (!remote.retrieveAsIs) return false
  try {
    await remote.retrieveAsIs(keyText, path, onProgress)
    return true
  } catch (error) {
    if (!isAnnexError(error)) throw error
    files.remove(path)
    return false
  }
}

async function checkCopy(
  annex: Annex,
  ui: ItemUi,
  check: RemoteContentCheck & { readonly copy: Copy },
): Promise<boolean> {
  const { keyText, name, isFast, copy } = check
  const checksHash = !isFast && !copy.isVerified
  const problem = await findProblem(annex, ui, { keyText, path: copy.path, checksHash })
  if (problem === undefined) return true
  if (copy.isTemp && !(await isBadAgain(annex, ui, check))) return false
  ui.warning(`${bytesToText(name)}: ${problem}; ${await dropBad(annex, check)}`)
  return false
}

/**
 * What arrived is wrong: the remote's content, or the way here? Nothing is dropped there unless it
 * arrives wrong a second time.
 */
async function isBadAgain(
  annex: Annex,
  ui: ItemUi,
  check: RemoteContentCheck & { readonly copy: Copy },
): Promise<boolean> {
  const { remote, keyText, name } = check
  const again = await fetchCopy(annex, ui, check)
  if (again === 'failed') return false
  try {
    const suspect = { keyText, path: again.path, checksHash: true, isQuiet: true }
    const isGood = again.isVerified || (await findProblem(annex, ui, suspect)) === undefined
    if (isGood)
      ui.warning(
        `${bytesToText(name)}: was damaged on its way from ${remote.name}; the content there is good`,
      )
    return !isGood
  } finally {
    files.remove(again.path)
  }
}

/** Drops what is no copy at all. @returns what was done, in git-annex's words */
async function dropBad(
  annex: Annex,
  { remote, keyText, copy }: RemoteContentCheck & { readonly copy: Copy },
): Promise<string> {
  const kept = annex.store.has(keyText) ? undefined : keepAside(annex.store, keyText, copy)
  try {
    await remote.remove(keyText, proveCorrupt(keyText, remote.uuid))
  } catch (error) {
    return `failed to drop from ${remote.name}: ${errorMessage(error)}`
  }
  annex.branch.setPresence(keyText, remote.uuid, false)
  if (kept === undefined) return `dropped from ${remote.name}`
  return `moved from ${remote.name} to ${bytesToText(relative(annex.cwd, kept))}`
}
