/**
 * Ending a merge that has conflicts over annexed files only: both sides of each are kept, in names of
 * their own, and the merge is committed. Implements spec: CLI, section 11.2 (resolvemerge).
 */
import { runGit } from '../git/porcelain.js'
import { isAboutAnnexed, listConflicts } from '../worktree/conflicts.js'
import { ConflictResolver } from '../worktree/resolve-conflict.js'
import type { Annex } from './annex.js'

const MESSAGE = 'git-annex automatic merge conflict fix'

/**
 * Resolves all conflicts over annexed files, and commits when there were no others.
 * @returns false when some are left, or there were none
 */
export function resolveMerge(annex: Annex): boolean {
  const { repository, blobKeys } = annex
  const conflicts = listConflicts(repository, blobKeys)
  if (conflicts.length === 0) return false
  const resolver = new ConflictResolver(annex)
  const annexed = conflicts.filter(isAboutAnnexed)
  for (const conflict of annexed) resolver.add(conflict, 'both')
  resolver.finish()
  if (annexed.length < conflicts.length) return false
  return runGit(repository, ['commit', '--no-verify', '-m', MESSAGE]) === 0
}
