/** Making the git-annex branch. Implements spec: repository, section 2.6. */
import { findRef } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import { committerIdent, importCommit } from './fast-import.js'
import type { Sha } from './objects.js'
import { moveBranch, readBranchHead } from './refs.js'

const ORIGIN_REF = 'refs/remotes/origin/git-annex'

/**
 * Makes the branch: where origin's is, else from an empty commit. The journal is locked.
 * @returns its head, also when somebody else has just made it
 * @throws AnnexError GIT_FAILED, also when git knows no identity to commit with
 */
export function createBranch(repository: Repository): Sha {
  const origin = findRef(repository, ORIGIN_REF)
  if (origin !== undefined) moveBranch(repository, origin, undefined)
  else
    importCommit(repository, {
      message: 'branch created',
      committer: committerIdent(repository),
      parents: [],
      changes: new Map(),
    })
  const head = readBranchHead(repository)
  if (head === undefined) throw new Error('The git-annex branch could not be made')
  return head
}
