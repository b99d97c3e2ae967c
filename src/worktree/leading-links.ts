/**
 * Paths that lead out of the work tree. Where a directory has been replaced by a symbolic link, what
 * lies behind it is not the file of that name that git tracks (git says "beyond a symbolic link"), and
 * none of ours to replace: somebody has moved the directory away, or wants us to write elsewhere.
 */
import { join, type Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'

/** Thousands of files of one directory come in a row; a directory is believed in for this long. */
const BELIEVED_MS = 20

let known = { dir: '', untilMs: 0 }

/**
 * Whether a symbolic link stands where a path has a directory.
 * @param path relative to the top of the work tree; its last part may be anything
 */
export function isBeyondLink({ workTree }: Repository, path: Bytes): boolean {
  const end = path.lastIndexOf('/')
  if (end < 0) return false
  const dir = join(workTree!, path.slice(0, end))
  const nowMs = performance.now()
  if (dir === known.dir && nowMs < known.untilMs) return false
  const top = dir.length - end
  for (let slash = dir.indexOf('/', top); ; slash = dir.indexOf('/', slash + 1)) {
    const stat = files.lstat(slash < 0 ? dir : dir.slice(0, slash))
    if (!stat?.isDirectory()) return stat?.isSymbolicLink() ?? false
    if (slash < 0) break
  }
  known = { dir, untilMs: nowMs + BELIEVED_MS }
  return false
}

/** The error for a path of which that is true. */
export function beyondLink(path: Bytes): AnnexError {
  return new AnnexError('USAGE', `${bytesToText(path)} is beyond a symbolic link`, {
    hint: 'Nothing outside of the work tree is changed; put the directory back in place of the link',
  })
}
