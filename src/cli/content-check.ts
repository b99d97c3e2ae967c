/**
 * Checking one content of our own: whether it is where the location log says and where links lead, as
 * long and as hashed as its key says, protected from writing, and in the work tree. Implements spec: CLI, section 11.1 (fsck).
 */
import { backendOfKey } from '../backends/registry.js'
import { isRewrittenSince } from '../git/index-stat.js'
import { join, relative } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { isAnnexError, isErrno } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatSize } from '../model/units.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import type { ObjectPlace } from '../store/layout.js'
import { adoptStray, normaliseLocation } from '../store/normalise.js'
import { ensureDirFrozen, freezeObject, thawObject } from '../store/permissions.js'
import { quarantine } from '../store/quarantine.js'
import { prepareVerification, verifyContent } from '../store/verify.js'
import { hasEquivalents, verifyByEquivalents } from '../transfer/equivalent-keys.js'
import type { AnnexedFile } from '../worktree/annexed-files.js'
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

/** What a look at the disk has told. */
export interface OwnContent {
  /** False when it is missing and should not be. */
  readonly isRight: boolean
  /** Undefined when it is not here. */
  readonly object: ObjectPlace | undefined
}

/** Looks for the content of a key, mends its place, its permissions, and what is recorded of it. */
export function findOwnContent(annex: Annex, ui: ItemUi, check: ContentCheck): OwnContent {
  const { keyText, name, path } = check
  const { store, uuid } = annex
  // Links lead to one of the layouts: what a file needs is moved there.
  if (path !== undefined && normaliseLocation(store, keyText) === 'moved')
    ui.note('normalizing object location')
  const place = store.locate(keyText) ?? findStray(annex, ui, keyText)
  if (place) {
    protect(annex, ui, { place, isThin: findThinFile(annex, keyText, place) !== undefined })
    warnInsecure(annex, ui, { keyText, place })
  }
  const isRight = checkLocation(annex, ui, { keyText, uuid, name, isPresent: place !== undefined })
  return { isRight, object: place }
}

/**
 * Compares content of ours with its key; bad content is put aside.
 * @returns whether it is good
 */
export async function checkOwnContent(
  annex: Annex,
  ui: ItemUi,
  { object, ...check }: ContentCheck & { readonly object: ObjectPlace },
): Promise<boolean> {
  const { keyText, name } = check
  // What is also a work tree file may be changed by its user at any time.
  const thin = findThinFile(annex, keyText, object)
  const isUsers = thin !== undefined && isRewrittenSince(thin.entry, files.stat(object.path)!)
  const problem = isUsers
    ? undefined
    : await findProblem(annex, ui, { ...check, path: object.path })
  if (problem === undefined) {
    fillFile(annex, ui, check)
    return true
  }
  const bad = relative(annex.cwd, quarantine(annex.store, keyText))
  annex.branch.setPresence(keyText, annex.uuid, false)
  ui.warning(`${bytesToText(name)}: ${problem}; moved to ${bytesToText(bad)}`)
  return false
}

/** Content that should be here may be where nobody looks for it. */
function findStray({ store, branch, uuid }: Annex, ui: ItemUi, keyText: Bytes) {
  if (branch.locationLog(keyText).get(uuid)?.status !== '1' || !adoptStray(store, keyText))
    return undefined
  ui.note('normalizing object location')
  return store.locate(keyText)
}

/** The unlocked work tree file that the object is as well (annex.thin): the same inode. */
function findThinFile(annex: Annex, keyText: Bytes, place: ObjectPlace): AnnexedFile | undefined {
  const { workTree } = annex.repository
  const object = files.stat(place.path)
  if (workTree === undefined || object === undefined || object.nlink < 2n) return undefined
  return annex.workTree.filesOf(keyText).find(({ path }) => {
    const file = files.lstat(join(workTree, path))
    return file?.ino === object.ino && file.dev === object.dev
  })
}

/** Objects and their directories lose write bits that they should not have; a thin one gets its own. */
function protect(
  { store, cwd }: Annex,
  ui: ItemUi,
  { place, isThin }: { place: ObjectPlace; isThin: boolean },
): void {
  const { path, dir } = place
  try {
    if (isThin) thawObject(path, store.settings)
    else freezeObject(path, store.settings)
    ensureDirFrozen(dir, store.settings)
  } catch (error) {
    if (!isErrno(error, 'EPERM', 'EACCES', 'EROFS')) throw error
    ui.warning(
      `** Unable to set correct write mode for ${bytesToText(relative(cwd, path))} ; perhaps you don't own that file, or perhaps it has an xattr or ACL set`,
    )
  }
}

/** What was found out about a content at a repository. */
export interface FoundPresence {
  readonly keyText: Bytes
  readonly uuid: Uuid
  /** How the content is called: a path, or the key. */
  readonly name: Bytes
  readonly isPresent: boolean
}

/**
 * Makes the location log say what was found.
 * @returns false when content is missing that should be there
 */
export function checkLocation(
  { branch }: Annex,
  ui: ItemUi,
  { keyText, uuid, name, isPresent }: FoundPresence,
): boolean {
  const log = branch.locationLog(keyText)
  const isRecorded = log.get(uuid)?.status === '1'
  if (isRecorded === isPresent) {
    // A key that nobody has is to be known all the same.
    if (log.size === 0) branch.setPresence(keyText, uuid, false)
    return true
  }
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

/** Some file that should have the content of a key. */
export interface Suspect {
  readonly keyText: Bytes
  /** Absolute. */
  readonly path: Bytes
  /** Also reads the content. */
  readonly checksHash: boolean
  /** Does not say that it does so: it was said before. */
  readonly isQuiet?: boolean
}

/**
 * Compares a file with a key.
 * @returns what is wrong with it, in git-annex's words; undefined: nothing, as far as can be told
 * @throws AnnexError FILE_UNREADABLE, BACKEND_FAILED
 */
export async function findProblem(
  annex: Annex,
  ui: ItemUi,
  suspect: Suspect,
): Promise<string | undefined> {
  const problem = findSizeProblem(suspect)
  if (problem !== undefined || !suspect.checksHash) return problem
  return await findHashProblem(annex, ui, suspect)
}

function findSizeProblem({ keyText, path }: Suspect): string | undefined {
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
  { keyText, path, isQuiet = false }: Suspect,
): Promise<string | undefined> {
  const key = parseKey(keyText)!
  const backend = backendOfKey(key.backend)
  if (!backend?.isVerifiable && !hasEquivalents(keyText)) return undefined
  // Programs of external backends report for themselves what they do.
  if (backend?.kind === 'hash' && !isQuiet) ui.note('checksum...')
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
