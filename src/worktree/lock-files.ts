/**
 * Changing the form of an annexed file: a link to the object (locked), or a file of its own with a
 * pointer in git (unlocked). What git is to hold is returned, not staged.
 * Implements spec: repository layout, sections 9.1 to 9.4; CLI, section 11.2.
 */
import { isUnchangedSince } from '../git/index-stat.js'
import { join, type Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatKey, parseKey } from '../model/key.js'
import { formatLinkTarget, formatPointer, parseLinkTarget } from '../model/pointer.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import { hasOpenWriters } from '../platform/open-writers.js'
import type { ObjectPlace } from '../store/layout.js'
import type { ObjectStore } from '../store/object-store.js'
import { isWritableObject, ownObject } from '../store/own-object.js'
import { quarantine } from '../store/quarantine.js'
import type { AddedFile } from './add-file.js'
import type { AnnexedFile } from './annexed-files.js'
import { beyondLink, isBeyondLink } from './leading-links.js'
import { isPointerOf, isSameFile, youngestMtime } from './pointer-file.js'
import { tryLink } from './populate.js'
import { replaceBy, statIfSame } from './replace-file.js'
import type { StagedFile } from './stage-added.js'

export interface FormTools {
  readonly repository: Repository
  readonly store: ObjectStore
  /** Compares a file's content with a key; absolute path, serialized key. */
  readonly isContent: (path: Bytes, keyText: Bytes) => boolean
}

/** What locking and unlocking need besides. */
export interface LockTools extends FormTools {
  /** `annex.thin`: an unlocked file is a hard link to its object, when nothing else is. */
  readonly isThin: boolean
  /** Records that content came to this repository, or is lost. */
  readonly recordPresence: (keyText: Bytes, isPresent: boolean) => void
}

const WRITABLE = 0o200
const EXECUTABLE = 0o111

/** Whether the work tree has the link of the file's key where the index has it. */
export function isLinkInPlace({ path, keyText }: AnnexedFile, repository: Repository): boolean {
  if (isBeyondLink(repository, path)) return false
  const target = files.readLink(join(repository.workTree!, path))
  const key = target === undefined ? undefined : parseLinkTarget(target)
  return key !== undefined && formatKey(key) === keyText
}

/** Whether the work tree has a file of its own where the index has a link. */
export function isLinkReplaced({ path, isLink }: AnnexedFile, repository: Repository): boolean {
  return isLink && files.lstat(join(repository.workTree!, path))?.isFile() === true
}

/**
 * Whether the work tree has the content of a key, or its pointer, where the index still has the link:
 * what is left by an unlock that was killed before it could stage anything.
 */
export function isUnlockedUnstaged(
  file: AnnexedFile,
  { repository, isContent }: Pick<LockTools, 'repository' | 'isContent'>,
): boolean {
  if (!isLinkReplaced(file, repository)) return false
  const path = join(repository.workTree!, file.path)
  return isPointerOf(path, files.lstat(path)!, file.keyText) || isContent(path, file.keyText)
}

/**
 * Replaces a link by a file: the content when it is here, else its pointer. An empty content stays
 * a pointer: git would ask for an empty annexed file for ever.
 * @param file one whose {@link isLinkInPlace}; one that {@link isUnlockedUnstaged} stays as it is
 */
export function unlockFile(
  file: AnnexedFile,
  tools: Pick<LockTools, 'repository' | 'store' | 'isThin' | 'isContent'>,
): StagedFile {
  const { repository } = tools
  const { path, keyText } = file
  const place = join(repository.workTree!, path)
  // Looked at first: what comes in place of the link from now on is not what may be replaced.
  const before = files.lstat(place)
  const stat = isLinkInPlace(file, repository)
    ? replaceLink({ place, before, keyText }, tools)
    : findUnstaged(file, tools)
  const gitMode = (Number(stat?.mode ?? 0) & EXECUTABLE) !== 0 ? 0o100755 : 0o100644
  return { path, keyText, mode: gitMode, stat }
}

/** Stat of a file that {@link isUnlockedUnstaged}. */
function findUnstaged(
  file: AnnexedFile,
  tools: Pick<LockTools, 'repository' | 'isContent'>,
): files.FileStat | undefined {
  const place = join(tools.repository.workTree!, file.path)
  const before = files.lstat(place)
  if (before === undefined || !isUnlockedUnstaged(file, tools)) throw modified()
  return statIfSame(place, before)
}

function replaceLink(
  { place, before, keyText }: { place: Bytes; before: files.FileStat | undefined; keyText: Bytes },
  { store, isThin }: Pick<LockTools, 'store' | 'isThin'>,
): files.FileStat | undefined {
  const object = store.locate(keyText)?.path
  const stat = object === undefined ? undefined : files.stat(object)
  const mode = stat ? (Number(stat.mode) & 0o777) | WRITABLE : 0o644
  const make = (temp: Bytes) => {
    if (!object || !stat?.size) files.writeFile(temp, formatPointer(parseKey(keyText)!))
    else if (isThin && tryLink(object, temp, BigInt(mode))) return
    else copyFile(object, temp)
    files.chmod(temp, mode)
    files.setMtime(temp, youngestMtime())
  }
  return replaceBy(place, store.temp, make, before)
}

/**
 * Replaces a file by a link to its object.
 * @param options.force also when the file was modified, which is lost then
 * @throws AnnexError FILE_CHANGED when it was modified, or lies outside of the work tree now
 */
export function lockFile(
  file: AnnexedFile,
  { force }: { readonly force: boolean },
  tools: LockTools,
): AddedFile {
  const { repository, store } = tools
  if (isBeyondLink(repository, file.path)) throw beyondLink(file.path)
  const path = join(repository.workTree!, file.path)
  const stat = files.lstat(path)
  if (stat?.isFile()) keepContent(file, { path, stat, force }, tools)
  else if (stat && !force && !isLinkInPlace(file, repository)) throw modified()
  const target = formatLinkTarget(parseKey(file.keyText)!, file.path)
  if (!isLinkInPlace(file, repository))
    replaceBy(path, store.temp, (temp) => files.symlink(target, temp), stat)
  const object = store.locate(file.keyText)
  if (object && isWritableObject(object)) lockDown(file.keyText, object, tools)
  return {
    path: file.path,
    keyText: file.keyText,
    mode: 0o120000,
    stat: files.lstat(path)!,
  }
}

/** Refuses to lose a modification, and takes in content that only the work tree has. */
function keepContent(
  file: AnnexedFile,
  { path, stat, force }: { path: Bytes; stat: files.FileStat; force: boolean },
  { store, isContent, recordPresence }: LockTools,
): void {
  if (!force && hasOpenWriters(path)) throw stillOpen(file.path)
  if (isPointerOf(path, stat, file.keyText)) return
  const hasObject = store.has(file.keyText)
  // Only reading it tells whether this is content that the annex lacks.
  if (hasObject && isUnchangedSince(file.entry, stat)) return
  if (isContent(path, file.keyText)) {
    if (hasObject) return
    const temp = store.temp.newPath()
    copyFile(path, temp)
    // What was written to it since would be in the copy.
    if (!isSameFile(stat, files.lstat(path))) {
      files.remove(temp)
      throw modified()
    }
    store.moveIn(file.keyText, temp)
    recordPresence(file.keyText, true)
    return
  }
  if (force) return
  throw modified()
}

/** Whoever has it open would go on writing to a file that nobody finds any more. */
function stillOpen(path: Bytes): AnnexError {
  return new AnnexError('FILE_CHANGED', `${bytesToText(path)} is open for writing`, {
    hint: 'Lock it when the program that writes to it has ended',
  })
}

function modified(): AnnexError {
  return new AnnexError(
    'FILE_CHANGED',
    `Locking this file would discard any changes you have made to it. Use 'git annex add' to stage your changes. (Or, use --force to override)`,
  )
}

/**
 * Makes an object that was a work tree file as well (annex.thin) one that nobody can change. If
 * somebody has, it is no content of its key any more, and is put aside.
 */
function lockDown(keyText: Bytes, object: ObjectPlace, tools: LockTools): void {
  const { store, isContent, recordPresence } = tools
  if (isContent(object.path, keyText)) {
    ownObject(store, object)
    return
  }
  quarantine(store, keyText)
  recordPresence(keyText, false)
}
