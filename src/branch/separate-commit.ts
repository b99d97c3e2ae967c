/** A commit that has the form of the git-annex branch, but is on no branch: to be given to others. */
import type { Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'
import { committerIdent, type FileChange, importCommit } from './fast-import.js'
import type { Sha } from './objects.js'

/**
 * Makes a commit without parents; no ref leads to it.
 * @param contents by path in the branch
 */
export function makeSeparateCommit(
  repository: Repository,
  contents: ReadonlyMap<Bytes, Bytes>,
  message: string,
): Sha {
  const ref = `refs/annexe/separate-${process.pid}`
  const changes = new Map<Bytes, FileChange>()
  for (const [path, content] of contents) changes.set(path, { content })
  const committer = committerIdent(repository)
  try {
    const commit = importCommit(repository, { message, committer, parents: [], changes, ref })
    if (commit === undefined) throw new Error(`Somebody else has made ${ref}`)
    return commit
  } finally {
    git(repository, ['update-ref', '-d', ref])
  }
}
