/**
 * Changing the form of an annexed file: a link to the object (locked), or a file of its own with a
 * pointer in git (unlocked). What git is to hold is returned, not staged.
 * Implements spec: repository layout, sections 9.1 to 9.4; CLI, section 11.2.
 */
import { isUnchangedSince } from '../git/index-stat.js'
import { join, type Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatLinkTarget, formatPointer, parseLinkTarget } from '../model/pointer.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from '../store/object-store.js'
import type { AddedFile } from './add-file.js'
import type { AnnexedFile } from './annexed-files.js'
import { isPointerOf } from './pointer-file.js'
import { replaceBy } from './replace-file.js'

export interface FormTools {
  readonly repository: Repository
  readonly store: ObjectStore
  /** Compares a file's content with a key; absolute path, serialized key. */
  readonly isContent: (path: Bytes, keyText: Bytes) => boolean
}

const WRITABLE = 0o200
const AGE_SECONDS = 2

/** Replaces a link by a file: the content when it is here, else its pointer. */
export function unlockFile(file: AnnexedFile, { repository, store }: FormTools): AddedFile {
  const path = join(repository.workTree!, file.path)
  const key = parseKey(file.keyText)!
  const content = formatPointer(key)
  const object = store.locate(file.keyText)
  const objectMode = object ? Number(files.stat(object.path)!.mode) & 0o777 : 0
  if (files.readLink(path) !== undefined)
    replaceBy(path, store.temp, (temp) => {
      if (object) copyFile(object.path, temp)
      else files.writeFile(temp, content)
      files.chmod(temp, (objectMode || 0o644) | WRITABLE)
      files.setMtime(temp, Date.now() / 1000 - AGE_SECONDS)
    })
  return {
    path: file.path,
    keyText: file.keyText,
    mode: (objectMode & 0o111) !== 0 ? 0o100755 : 0o100644,
    content,
    stat: files.lstat(path)!,
  }
}

/**
 * Replaces a file by a link to its object.
 * @param options.force also when the file was modified, which is lost then
 * @throws AnnexError FILE_CHANGED when it was modified
 */
export function lockFile(
  file: AnnexedFile,
  { force }: { readonly force: boolean },
  tools: FormTools,
): AddedFile {
  const { repository } = tools
  const path = join(repository.workTree!, file.path)
  const stat = files.lstat(path)
  if (stat?.isFile()) keepContent(file, { path, stat, force }, tools)
  const target = formatLinkTarget(parseKey(file.keyText)!, file.path)
  if (!stat?.isSymbolicLink() || !parseLinkTarget(files.readLink(path)!))
    replaceBy(path, tools.store.temp, (temp) => files.symlink(target, temp))
  return {
    path: file.path,
    keyText: file.keyText,
    mode: 0o120000,
    content: Buffer.from(target, 'latin1'),
    stat: files.lstat(path)!,
  }
}

/** Refuses to lose a modification, and takes in content that only the work tree has. */
function keepContent(
  file: AnnexedFile,
  { path, stat, force }: { path: Bytes; stat: files.FileStat; force: boolean },
  { store, isContent }: FormTools,
): void {
  if (isPointerOf(path, stat, file.keyText)) return
  const hasObject = store.has(file.keyText)
  // Only reading it tells whether this is content that the annex lacks.
  if (hasObject && isUnchangedSince(file.entry, stat)) return
  if (isContent(path, file.keyText)) {
    if (hasObject) return
    const temp = store.temp.newPath()
    copyFile(path, temp)
    store.moveIn(file.keyText, temp)
    return
  }
  if (force) return
  throw new AnnexError(
    'FILE_CHANGED',
    `Locking this file would discard any changes you have made to it. Use 'git annex add' to stage your changes. (Or, use --force to override)`,
    { hint: `${bytesToText(file.path)} was modified` },
  )
}
