/** Places for new files of the work tree that are named by somebody else: a script, a url, a server. */
import { topPath } from '../git/list-files.js'
import { absolute, parentDir } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToBuffer, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { Annex } from './annex.js'

/**
 * The place of a file.
 * @param file relative to the current directory, or absolute
 * @returns relative to the top of the work tree
 * @throws AnnexError USAGE for a place outside of it, in git's own directory, or behind a link
 */
export function newPath({ repository, cwd }: Annex, file: Bytes): Bytes {
  const place = absolute(cwd, file)
  const path = topPath(repository, place)
  const isOurs = path && !path.split('/').some((name) => name.toLowerCase() === '.git')
  if (isOurs && isInWorkTree(repository.workTree!, place)) return path
  throw new AnnexError('USAGE', `${bytesToText(file)} is outside of the work tree`)
}

/** A link above the place would lead elsewhere; the directories of a new file may not exist yet. */
function isInWorkTree(top: Bytes, place: Bytes): boolean {
  let dir = parentDir(place)
  while (files.lstat(dir) === undefined) dir = parentDir(dir)
  const [realTop, real] = [files.realPath(top), files.realPath(dir)]
  return real !== undefined && (real === realTop || real.startsWith(`${realTop}/`))
}

/** Whether git would leave a file out. @param path relative to the top of the work tree */
export function isIgnored({ repository }: Annex, path: Bytes): boolean {
  const { status } = git(repository, ['check-ignore', '-q', '-z', '--stdin'], {
    input: bytesToBuffer(`${path}\0`),
    okStatus: [0, 1],
  })
  return status === 0
}
