/**
 * Checking one content of our own: whether it is where the location log says, as long and as hashed as
 * its key says, protected from writing, and in the work tree. Implements spec: CLI, section 11.1 (fsck).
 */
import { backendOfKey } from '../backends/registry.js'
import { join, relative } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatSize } from '../model/units.js'
import * as files from '../platform/files.js'
import type { ObjectPlace } from '../store/layout.js'
import { freezeDir, freezeObject } from '../store/permissions.js'
import { quarantine } from '../store/quarantine.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { hasEquivalents, verifyByEquivalents } from '../transfer/equivalent-keys.js'
import { isPointerOf } from '../worktree/pointer-file.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'

export interface ContentCheck {
  readonly keyText: Bytes
  /** A work tree file with the key, relative to the top. */
  readonly path: Bytes | undefined
  /** How the content is called: a path, or the key. */
  readonly name: Bytes
  /** Also reads the content. */
  readonly checksHash: boolean
}

/**
 * Checks the content of a key, mends what is recorded of it and puts bad content aside.
 * @returns whether all is well now; content that is not here and not said to be is well
 */
export async function checkContent(
  annex: Annex,
  ui: ItemUi,
  check: ContentCheck,
): Promise<boolean> {
  const { keyText, name } = check
  const { store } = annex
  const place = store.locate(keyText)
  if (place) protect(annex, place)
  if (!checkLocation(annex, ui, { keyText, name, isPresent: place !== undefined })) return false
  if (!place) return true
  warnInsecure(annex, ui, { keyText, place })
  let problem = findSizeProblem(keyText, place)
  if (check.checksHash) problem ??= await findHashProblem(annex, ui, { keyText, path: place.path })
  if (problem === undefined) {
    fillFile(annex, ui, check)
    return true
  }
  const bad = relative(annex.cwd, quarantine(store, keyText))
  annex.branch.setPresence(keyText, annex.uuid, false)
  ui.warning(`${bytesToText(name)}: ${problem}; moved to ${bytesToText(bad)}`)
  return false
}

/**
 * Objects and their directories lose write bits that they should not have. With annex.thin an object
 * may be a work tree file as well, which is to stay writable.
 */
function protect({ store, config }: Annex, { path, dir }: ObjectPlace): void {
  const isShared = config.getBoolean('annex.thin') === true && files.stat(path)!.nlink > 1n
  if (!isShared) freezeObject(path, store.settings)
  freezeDir(dir, store.settings)
}

/** @returns false when content is missing that should be here */
function checkLocation(
  { branch, uuid }: Annex,
  ui: ItemUi,
  { keyText, name, isPresent }: { keyText: Bytes; name: Bytes; isPresent: boolean },
): boolean {
  const isRecorded = branch.locations(keyText).includes(uuid)
  if (isRecorded === isPresent) return true
  ui.note('fixing location log')
  branch.setPresence(keyText, uuid, isPresent)
  if (isPresent) return true
  ui.warning(
    `** Based on the location log, ${bytesToText(name)}\n** was expected to be present, but its content is missing.`,
  )
  return false
}

function warnInsecure(
  { store, cwd }: Annex,
  ui: ItemUi,
  { keyText, place }: { keyText: Bytes; place: ObjectPlace },
): void {
  const backend = keyText.slice(0, keyText.indexOf('-'))
  if (!store.settings.secureOnly || backendOfKey(backend)?.isSecure) return
  ui.warning(
    `** Despite annex.securehashesonly being set, ${bytesToText(relative(cwd, place.path))} has content present in the annex using an insecure ${bytesToText(backend)} key`,
  )
}

/** A pointer file whose content is here gets it. */
function fillFile({ repository, workTree }: Annex, ui: ItemUi, { path, keyText }: ContentCheck) {
  if (path === undefined || repository.workTree === undefined) return
  const file = join(repository.workTree, path)
  const stat = files.lstat(file)
  if (!stat?.isFile() || !isPointerOf(file, stat, keyText)) return
  ui.note('fixing worktree content')
  workTree.contentChanged(keyText)
}

function findSizeProblem(keyText: Bytes, { path }: ObjectPlace): string | undefined {
  const expected = parseKey(keyText)!.sizeBytes
  const found = files.stat(path)?.size
  if (expected === undefined || found === undefined || found === expected) return undefined
  const difference = found > expected ? found - expected : expected - found
  const direction = found > expected ? 'larger' : 'smaller'
  return `Bad file size (${formatSize(difference, 'short')} ${direction})`
}

async function findHashProblem(
  { branch }: Annex,
  ui: ItemUi,
  { keyText, path }: { keyText: Bytes; path: Bytes },
): Promise<string | undefined> {
  const key = parseKey(keyText)!
  const backend = backendOfKey(key.backend)
  if (!backend?.isVerifiable && !hasEquivalents(keyText)) return undefined
  // Programs of external backends report for themselves what they do.
  if (backend?.kind === 'hash') ui.note('checksum...')
  await prepareVerification(keyText)
  const total = key.sizeBytes === undefined ? undefined : Number(key.sizeBytes)
  try {
    if (hasEquivalents(keyText)) await verifyByEquivalents(branch, keyText, path)
    else verifyContent(keyText, path, { onProgress: (done) => ui.progress(done, total) })
    return undefined
  } catch (error) {
    if (isAnnexError(error, 'CONTENT_MISMATCH')) return 'Bad file content'
    throw error
  }
}
