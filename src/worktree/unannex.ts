/**
 * Turning annexed files back into ordinary ones. The work tree gets a copy of its own before anything
 * else happens, so that at no moment the content hangs on the annex alone.
 * Implements spec: CLI, section 11.2 (unannex, uninit).
 */
import { join, type Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from '../store/object-store.js'
import type { TempFiles } from '../store/temp-files.js'
import type { AnnexedFile } from './annexed-files.js'
import { isBeyondLink } from './leading-links.js'
import { isLinkInPlace } from './lock-files.js'
import { isPointerOf } from './pointer-file.js'
import { replaceBy } from './replace-file.js'

const MODE_BITS = 0o777
const WRITABLE = 0o200

/** What the file at a path is after {@link makeOrdinary}. */
export type UnannexOutcome =
  /** A file with the content, independent of the object. */
  | 'ordinary'
  /** The content is not here, or the file was changed or is gone: left alone. */
  | 'left'

/** Gives the work tree an ordinary, writable file with the content of an annexed one. */
export function makeOrdinary(
  file: AnnexedFile,
  { repository, store }: { repository: Repository; store: ObjectStore },
): UnannexOutcome {
  const path = join(repository.workTree!, file.path)
  const object = store.locate(file.keyText)?.path
  const stat = files.lstat(path)
  if (!object || !stat || isBeyondLink(repository, file.path)) return 'left'
  if (isLinkInPlace(file, repository)) {
    const { mode } = files.stat(object)!
    replaceByContent(path, object, { before: stat, mode, temp: store.temp })
    return 'ordinary'
  }
  if (!stat.isFile()) return 'left'
  // With annex.thin the file may be the object.
  const isObject = files.stat(object)?.ino === stat.ino
  if (isObject || isPointerOf(path, stat, file.keyText))
    replaceByContent(path, object, { before: stat, mode: stat.mode, temp: store.temp })
  return 'ordinary'
}

function replaceByContent(
  path: Bytes,
  object: Bytes,
  { before, mode, temp }: { before: files.FileStat; mode: bigint; temp: TempFiles },
): void {
  const make = (made: Bytes) => {
    copyFile(object, made)
    files.chmod(made, (Number(mode) & MODE_BITS) | WRITABLE)
  }
  replaceBy(path, temp, make, before)
}

/** Takes paths out of the index; the work tree keeps its files. */
export function forgetPaths(repository: Repository, paths: readonly Bytes[]): void {
  if (paths.length === 0) return
  git(repository, ['update-index', '-z', '--force-remove', '--stdin'], {
    input: bytesToBuffer(paths.join('\0')),
  })
}
