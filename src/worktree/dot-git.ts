/**
 * Links to objects lead through `.git/annex/objects`. Where `.git` is a file (a linked work tree, a
 * submodule, --separate-git-dir) they would lead nowhere, so it becomes a link to the git directory:
 * git takes either. Done only where there are such links.
 * Implements spec: repository layout, section 8.
 */
import { type GitConfig, unsetConfig } from '../git/config.js'
import type { IndexEntry } from '../git/index-format.js'
import { join, type Repository, relative } from '../git/repository.js'
import { bytesToText } from '../model/bytes.js'
import { errorMessage, isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'

const LINK = 0o120000

/** Whether the git directory is named by a file, so that links cannot lead through it. */
export function hasGitFile({ workTree }: Repository): boolean {
  return workTree !== undefined && files.lstat(join(workTree, '.git'))?.isFile() === true
}

/** Whether any file of the index could be a link to an object. */
export function hasLinks(entries: Iterable<Pick<IndexEntry, 'mode'>>): boolean {
  for (const { mode } of entries) if (mode === LINK) return true
  return false
}

/**
 * Makes `.git` a link, where it is a file.
 * @returns a warning when that cannot be done; the files stay as they are then
 */
export function linkGitDir(repository: Repository, config: GitConfig): string | undefined {
  if (!hasGitFile(repository) || config.getBoolean('core.symlinks') === false) return undefined
  try {
    if (repository.gitDir !== repository.commonDir) linkAnnexDir(repository)
    replaceGitFile(repository)
    // It would be relative to a place that git does not start from any more.
    if (repository.gitDir.includes('/modules/')) unsetConfig(repository, config, 'core.worktree')
    return undefined
  } catch (error) {
    return `Unable to make ${bytesToText(repository.workTree!)}/.git a link, which files that are links need: ${errorMessage(error)}`
  }
}

/** The git directory of a linked work tree has no annex of its own. */
function linkAnnexDir({ gitDir, annexDir }: Repository): void {
  try {
    files.symlink(relative(gitDir, annexDir), `${gitDir}/annex`)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  }
}

function replaceGitFile({ workTree, gitDir }: Repository): void {
  const path = join(workTree!, '.git')
  const top = files.realPath(workTree!) ?? workTree!
  const temp = `${path}.annexe-${process.pid}.tmp`
  try {
    files.symlink(relative(top, gitDir), temp)
    files.rename(temp, path)
  } catch (error) {
    files.remove(temp)
    throw error
  }
}
