/**
 * Turning annexed files back into ordinary ones. The work tree gets a copy of its own before anything
 * else happens, so that at no moment the content hangs on the annex alone.
 * Implements spec: CLI, section 11.2 (unannex, uninit).
 */
import { join, type Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { parseLinkTarget } from '../model/pointer.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from '../store/object-store.js'
import type { AnnexedFile } from './annexed-files.js'
import { populate } from './populate.js'
import { replaceBy } from './replace-file.js'

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
  const object = store.locate(file.keyText)
  if (!object) return 'left'
  const target = files.readLink(path)
  if (target !== undefined) {
    if (!parseLinkTarget(target)) return 'left'
    replaceBy(path, store.temp, (temp) => {
      copyFile(object.path, temp)
      files.chmod(temp, (Number(files.stat(object.path)!.mode) & 0o777) | 0o200)
    })
    return 'ordinary'
  }
  populate({ path, keyText: file.keyText, temp: store.temp, objectFile: object.path })
  const stat = files.lstat(path)
  return stat?.isFile() && stat.nlink === 1n ? 'ordinary' : 'left'
}

/** Takes paths out of the index; the work tree keeps its files. */
export function forgetPaths(repository: Repository, paths: readonly Bytes[]): void {
  if (paths.length === 0) return
  git(repository, ['update-index', '-z', '--force-remove', '--stdin'], {
    input: bytesToBuffer(paths.join('\0')),
  })
}
