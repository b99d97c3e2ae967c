/**
 * Giving a work tree file another key: the same content under another name (`rekey`, `migrate`), or a
 * file made for a key (`fromkey`, `addurl`). What git is to hold is returned, not staged.
 * Implements spec: keys and backends, section 8; CLI, section 11.6.
 */
import { isUnchangedSince } from '../git/index-stat.js'
import { join, parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import { formatLinkTarget, formatPointer, parseLinkTarget } from '../model/pointer.js'
import * as files from '../platform/files.js'
import type { AnnexedFile } from './annexed-files.js'
import { beyondLink, isBeyondLink } from './leading-links.js'
import type { FormTools } from './lock-files.js'
import { isPointerOf } from './pointer-file.js'
import { populate } from './populate.js'
import { replaceBy, statIfSame } from './replace-file.js'
import type { StagedFile } from './stage-added.js'

const LINK = 0o120000
const FILE = 0o100644

/**
 * Makes a file stand for another key. A file that was modified stays as it is in the work tree.
 * @param newKeyText a serialized key
 */
export function changeKey(file: AnnexedFile, newKeyText: Bytes, tools: FormTools): StagedFile {
  const path = join(tools.repository.workTree!, file.path)
  const before = isBeyondLink(tools.repository, file.path) ? undefined : files.lstat(path)
  const { content, target } = gitContent(newKeyText, file.path, file.isLink)
  const next = { path, newKeyText, tools }
  let stat: files.FileStat | undefined
  if (target !== undefined) stat = changeLink(next, before, target)
  else if (before?.isFile() && takesPointer(file, { path, before }, tools))
    stat = changePointer(next, before, { content, keyText: file.keyText })
  return { path: file.path, keyText: newKeyText, mode: file.entry.mode, stat }
}

/** What is to stand for another key. */
interface Change {
  /** Absolute. */
  readonly path: Bytes
  readonly newKeyText: Bytes
  readonly tools: FormTools
}

/** @returns stat of what git may take for unmodified; undefined: the user has something else there */
function changeLink(
  { path, tools }: Change,
  before: files.FileStat | undefined,
  target: Bytes,
): files.FileStat | undefined {
  const isOurs =
    before?.isSymbolicLink() === true && parseLinkTarget(files.readLink(path) ?? '') !== undefined
  if (!isOurs) return undefined
  return replaceBy(path, tools.store.temp, (temp) => files.symlink(target, temp), before)
}

/** Content stays where it is, whatever its key; to have looked at it may have taken long. */
function changePointer(
  { path, newKeyText, tools }: Change,
  before: files.FileStat,
  { content, keyText }: { content: Buffer; keyText: Bytes },
): files.FileStat | undefined {
  if (!isPointerOf(path, before, keyText)) return statIfSame(path, before)
  const mode = Number(before.mode & 0o777n)
  const make = (temp: Bytes) => files.writeFile(temp, content, mode)
  const pointer = replaceBy(path, tools.store.temp, make, before)
  return fill(path, newKeyText, tools) ?? statIfSame(path, pointer)
}

/** Whether the file is what the index says: the pointer of its key or the content. */
function takesPointer(
  { keyText, entry }: AnnexedFile,
  { path, before }: { path: Bytes; before: files.FileStat },
  { isContent }: FormTools,
): boolean {
  if (isPointerOf(path, before, keyText) || isUnchangedSince(entry, before)) return true
  return isContent(path, keyText)
}

/**
 * Makes a file for a key, with its content when that is here.
 * @param path relative to the top of the work tree; nothing is there
 * @param options.isLocked a link to the object
 * @throws AnnexError USAGE when a symbolic link leads to there
 */
export function makeFile(
  path: Bytes,
  { keyText, isLocked }: { keyText: Bytes; isLocked: boolean },
  tools: Pick<FormTools, 'repository' | 'store'>,
): StagedFile {
  if (isBeyondLink(tools.repository, path)) throw beyondLink(path)
  const file = join(tools.repository.workTree!, path)
  files.makeDirs(parentDir(file))
  const { content, target } = gitContent(keyText, path, isLocked)
  if (target !== undefined) files.symlink(target, file)
  else {
    files.writeFile(file, content)
    fill(file, keyText, tools)
  }
  const mode = isLocked ? LINK : FILE
  return { path, keyText, mode, stat: files.lstat(file)! }
}

/** What git holds for a key at a path; the target when it is a link. */
function gitContent(keyText: Bytes, path: Bytes, isLink: boolean) {
  const key = parseKey(keyText)
  if (!key) throw new Error(`Not a key: ${keyText}`)
  if (!isLink) return { content: formatPointer(key), target: undefined }
  const target = formatLinkTarget(key, path)
  return { content: Buffer.from(target, 'latin1'), target }
}

/** Puts the content of a key in the place of its pointer, when it is here. @returns its stat then */
function fill(
  path: Bytes,
  keyText: Bytes,
  { store }: Pick<FormTools, 'store'>,
): files.FileStat | undefined {
  const object = store.locate(keyText)
  return object && populate({ path, keyText, temp: store.temp, objectFile: object.path })
}
