/** The branch's own ref, and the refs to be merged into it. */
import { findRef, listRefs, peekRefs, type Ref, updateRef } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import type { Sha } from './objects.js'

export const BRANCH_REF: Bytes = 'refs/heads/git-annex'

/** The commit that the branch is at; undefined when there is no branch. No process. */
export function readBranchHead(repository: Repository): Sha | undefined {
  return findRef(repository, BRANCH_REF)
}

/** All refs whose last component is `git-annex`, our own branch included. One process. */
export function listBranchRefs(repository: Repository): Ref[] {
  return listRefs(repository, ['refs/**/git-annex'])
}

/** The same without a process, as far as that goes; see {@link peekRefs}. */
export function peekBranchRefs(repository: Repository): Ref[] | undefined {
  return peekRefs(repository, 'git-annex')
}

/** A ref as people see it: `origin/git-annex`. */
export function shortRef(name: Bytes): Bytes {
  return name.replace(/^refs\/(?:(?:heads|remotes|tags)\/)?/, '')
}

/**
 * Moves the branch.
 * @param from what it is expected to be at; undefined when it must not exist
 * @returns false when it is elsewhere
 */
export function moveBranch(repository: Repository, to: Sha, from: Sha | undefined): boolean {
  return updateRef(repository, { name: BRANCH_REF, to, from: from ?? 'absent' })
}
