/**
 * Puts content in the place of a pointer file, and a pointer in the place of content.
 *
 * Each replaces the file by one rename (small contents are written in place) and only if it still
 * is what it was taken for: work of the user is never overwritten. Callers then have the index
 * refreshed with the stat that comes back.
 * Implements spec: repository layout, sections 9.3, 9.4 and 10; git filter, rule 5.
 */
import type { IndexEntry } from '../git/index-format.js'
import { isUnchangedSince } from '../git/index-stat.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatPointer } from '../model/pointer.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import { diskError } from '../store/disk-error.js'
import type { TempFiles } from '../store/temp-files.js'
import { dateAs, isPointerOf, isSameFile, isTooYoung, youngestMtime } from './pointer-file.js'
import { canPopulateInPlace, populateInPlace } from './populate-in-place.js'
import { newTempFile, putInPlace, statIfSame } from './replace-file.js'

/** A work tree file and the key it should be of. */
export interface WorkTreeFile {
  /** Absolute path. */
  readonly path: Bytes
  /** The serialized key. */
  readonly keyText: Bytes
  /** Makes temporary files, preferably on the file system of the work tree. */
  readonly temp: TempFiles
}

export interface Population extends WorkTreeFile {
  /** Absolute path of the annex object. */
  readonly objectFile: Bytes
  /** `annex.thin`: a hard link to the object when nothing else is linked to it. */
  readonly isThin?: boolean
}

export interface Depopulation extends WorkTreeFile {
  /** The file in the index, whose stat fields may prove that the file is unchanged. */
  readonly entry: IndexEntry
  /** Compares the file's content with the key; asked only when the index proves nothing. */
  readonly isContent: (path: Bytes, keyText: Bytes) => boolean
}

const EXECUTE_BITS = 0o111n
const MODE_BITS = 0o777n

/**
 * Replaces a pointer file by the content of its key. The file keeps its mode.
 * @returns stat of the new file; undefined when the file is no pointer of that key (any more), or
 *   the content is empty: git would ask for an empty annexed file for ever
 * @throws AnnexError CONTENT_MISSING when there is no object, DISK_FULL; errors of the file system
 */
export function populate(population: Population): files.FileStat | undefined {
  const { path, keyText, objectFile } = population
  const before = files.lstat(path)
  if (!before?.isFile()) return undefined
  const object = files.lstat(objectFile)
  if (!object) throw new AnnexError('CONTENT_MISSING', `The content of ${keyText} is not present`)
  if (object.size === 0n) return undefined
  const inPlace = { path, keyText, objectFile, before, object }
  if (!population.isThin && canPopulateInPlace(inPlace)) {
    const result = populateInPlace(inPlace)
    if (result !== 'refused') return result === 'kept' ? undefined : result
  }
  if (!isPointerOf(path, before, keyText)) return undefined
  return replace(population, before, (temp) => {
    if (population.isThin && tryLink(objectFile, temp, before.mode)) return
    copyFile(objectFile, temp)
    files.chmod(temp, Number(before.mode & MODE_BITS))
    files.setMtime(temp, youngestMtime())
  })
}

/**
 * Links the object, for annex.thin, if nothing else is linked to it. It becomes as writable as the
 * file is to be. Its execute bits stay, so an executable file needs a copy.
 * @param temp where the link goes
 * @param mode of the file
 * @returns false when a copy is needed
 */
export function tryLink(objectFile: Bytes, temp: Bytes, mode: bigint): boolean {
  const object = files.lstat(objectFile)
  if (object?.nlink !== 1n || (mode & EXECUTE_BITS) !== 0n) return false
  try {
    files.hardLink(objectFile, temp)
  } catch (error) {
    if (isErrno(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) return false
    throw error
  }
  files.chmod(temp, Number(mode & MODE_BITS))
  // Its own mtime, which git-annex may remember, unless it is too young.
  if (isTooYoung(object)) files.setMtime(temp, youngestMtime())
  return true
}

/**
 * Replaces the content of a key by its pointer. The file keeps its mode, and its mtime as in
 * git-annex.
 * @returns stat of the new file; undefined when the file is gone, is a pointer already, has other
 *   content, or is open for writing: then it is left alone
 */
export function depopulate(depopulation: Depopulation): files.FileStat | undefined {
  const { path, keyText } = depopulation
  const before = files.lstat(path)
  const key = parseKey(keyText)
  if (!before?.isFile() || !key) return undefined
  if (key.sizeBytes !== undefined && before.size !== key.sizeBytes) return undefined
  if (!holdsContent(depopulation, before)) return undefined
  return replace(depopulation, before, (temp) => {
    files.writeFile(temp, formatPointer(key))
    files.chmod(temp, Number(before.mode & MODE_BITS))
    dateAs(temp, before)
  })
}

function holdsContent(depopulation: Depopulation, stat: files.FileStat): boolean {
  const { path, keyText, entry, isContent } = depopulation
  // An unchanged file may also be an unchanged pointer, which stands for the same key.
  if (isPointerOf(path, stat, keyText)) return false
  return isUnchangedSince(entry, stat) || isContent(path, keyText)
}

/** Has `make` make a new file and moves it over the old one if that is still the same. */
function replace(
  { path, keyText, temp }: WorkTreeFile,
  before: files.FileStat,
  make: (temp: Bytes) => void,
): files.FileStat | undefined {
  const tempFile = newTempFile(path, before.dev, temp)
  try {
    make(tempFile)
    const made = files.lstat(tempFile)!
    if (!isSameFile(before, files.lstat(path)) || !putInPlace(tempFile, path, before)) {
      files.remove(tempFile)
      return undefined
    }
    // Anything else was put there by somebody in this very moment, and git must see that.
    return statIfSame(path, made)
  } catch (error) {
    files.remove(tempFile)
    throw diskError(error, keyText)
  }
}
