/**
 * Making directories and files in a repository: where it may vanish meanwhile, with the drive that it
 * is on, and where a group shares it (`git init --shared`). Git then gives the group all rights on its
 * directory; whatever is made below gets the same, whoever makes it and whatever the umask.
 */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from './files.js'

const GROUP_WRITE = 0o020n
/** Set-group-id, the group's rights, and those of others to read. */
const SHARED_BITS = 0o2075n
const FILE_BITS = 0o064
const PROGRAM_BITS = 0o075

const sharedBits = new Map<Bytes, number>()

/**
 * Makes a directory and its parents below a base.
 * @param base absolute; must be there: where a drive was taken out, nothing is made in its place
 * @throws ENOENT when the base is gone
 */
export function makeDirsIn(base: Bytes, path: Bytes): void {
  const bits = bitsOf(base)
  try {
    if (files.makeDir(path) && bits !== 0) addMode(path, bits)
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || !files.exists(base)) throw error
    if (bits === 0) files.makeDirs(path)
    else {
      makeDirsIn(base, path.slice(0, path.lastIndexOf('/')))
      makeDirsIn(base, path)
    }
  }
}

/** The same for a directory `annex` or one in it. @param path absolute */
export function makeAnnexDirs(path: Bytes): void {
  const base = aroundAnnex(path)
  if (base === undefined) files.makeDirs(path)
  else makeDirsIn(base, path)
}

/**
 * Gives the group its rights on a file that we have made, where it has them on the repository.
 * @param path absolute, in the directory `annex`
 */
export function shareFile(path: Bytes): void {
  const base = aroundAnnex(path)
  if (base !== undefined) shareFileIn(base, path)
}

/**
 * The same for any file of a git directory.
 * @param base the git directory, absolute
 */
export function shareFileIn(base: Bytes, path: Bytes): void {
  const bits = bitsOf(base)
  if (bits !== 0) addMode(path, bits & FILE_BITS)
}

/** The same for a program. */
export function shareProgramIn(base: Bytes, path: Bytes): void {
  const bits = bitsOf(base)
  if (bits !== 0) addMode(path, bits & PROGRAM_BITS)
}

/** The git directory that a path is in, by the directory `annex` on the way. */
function aroundAnnex(path: Bytes): Bytes | undefined {
  const end = `${path}/`.lastIndexOf('/annex/')
  return end < 0 ? undefined : path.slice(0, end)
}

/** What the modes of new directories get in addition; looked up once for a base. */
function bitsOf(base: Bytes): number {
  let bits = sharedBits.get(base)
  if (bits === undefined) {
    const mode = files.stat(base)?.mode ?? 0n
    bits = (mode & GROUP_WRITE) === 0n ? 0 : Number(mode & SHARED_BITS)
    sharedBits.set(base, bits)
  }
  return bits
}

function addMode(path: Bytes, bits: number): void {
  const mode = Number((files.stat(path)?.mode ?? 0n) & 0o7777n)
  if ((mode & bits) === bits) return
  try {
    files.chmod(path, mode | bits)
  } catch (error) {
    // Somebody else's: theirs to share.
    if (!isErrno(error, 'EPERM', 'ENOENT')) throw error
  }
}
