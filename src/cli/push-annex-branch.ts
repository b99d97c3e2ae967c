/**
 * Pushing the git-annex branch so that nothing that others have recorded is lost: what is there and
 * not merged here yet is never overwritten. Implements spec: the git-annex branch, section 10.
 */
import { runGit } from '../git/porcelain.js'
import { findRef } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import { bytesFromText } from '../model/bytes.js'
import type { Annex } from './annex.js'

const SYNCED = 'refs/heads/synced/git-annex'

/**
 * Arguments of a push to `synced/git-annex`. A branch that was rewritten (forget) replaces what is
 * there, as long as that is what we have fetched and merged.
 * @param remote name, as text
 */
export function syncedPushArgs(repository: Repository, remote: string): string[] {
  const known = findRef(repository, `refs/remotes/${bytesFromText(remote)}/synced/git-annex`)
  return [`--force-with-lease=${SYNCED}:${known ?? ''}`, `git-annex:${SYNCED}`]
}

/**
 * Fetches and merges what others have pushed to a remote's git-annex branches.
 * @returns false when nothing could be fetched
 */
export function takeOverAnnexBranches(annex: Annex, remote: string): boolean {
  const refspec = `+refs/heads/*git-annex:refs/remotes/${remote}/*git-annex`
  const fetch = ['fetch', '--quiet', remote, refspec]
  if (runGit(annex.repository, fetch, { silent: true }) !== 0) return false
  mergeAnnexBranches(annex)
  return true
}

/** Merges what was fetched, and commits what is pending, so that all of it can be pushed. */
export function mergeAnnexBranches(annex: Annex): void {
  annex.mergeBranches({ always: true })
  annex.branch.commit()
}
