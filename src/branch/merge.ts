/**
 * The content that merging other commits into the branch gives: only paths that differ are looked at,
 * and blobs of which one side is taken as it is are never read.
 * Implements spec: the git-annex branch, section 6.5.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { unionMerge } from '../model/logs/union-merge.js'
import type { FileChange } from './fast-import.js'
import { diffTrees, readObjects, type Sha, type TreeChange } from './objects.js'

/**
 * Union-merges commits, one after another, into the branch as it will be.
 * @param head the branch's head
 * @param staged contents that differ from the head already
 * @returns all changes against the head, `staged` included
 */
export function mergeCommits(
  repository: Repository,
  head: Sha,
  { staged, commits }: { staged: ReadonlyMap<Bytes, Bytes>; commits: readonly Sha[] },
): Map<Bytes, FileChange> {
  const merged = new Map<Bytes, FileChange>()
  for (const [path, content] of staged) merged.set(path, { content })
  for (const commit of commits)
    mergeCommit(repository, merged, diffTrees(repository, head, commit)!)
  return merged
}

function mergeCommit(
  repository: Repository,
  merged: Map<Bytes, FileChange>,
  changes: readonly TreeChange[],
): void {
  const both: { path: Bytes; ours: Bytes | undefined; ourSha: Sha; theirs: Sha }[] = []
  for (const { path, from, to } of changes) {
    // A merge never deletes.
    if (to === undefined) continue
    const ours = merged.get(path) ?? (from === undefined ? undefined : { sha: from })
    if (ours === undefined || ours === 'remove' || 'tree' in ours) merged.set(path, { sha: to })
    else if ('content' in ours) both.push({ path, ours: ours.content, ourSha: to, theirs: to })
    else if (ours.sha !== to) both.push({ path, ours: undefined, ourSha: ours.sha, theirs: to })
  }
  const wanted = new Set(both.flatMap(({ ourSha, theirs }) => [ourSha, theirs]))
  const names = [...wanted]
  const contents = readObjects(repository, names)
  const blobs = new Map(names.map((name, i) => [name, contents[i] ?? '']))
  for (const { path, ours = undefined, ourSha, theirs } of both) {
    const [our, their] = [ours ?? blobs.get(ourSha)!, blobs.get(theirs)!]
    const content = unionMerge(our, their)
    if (content === their) merged.set(path, { sha: theirs })
    else if (content !== our || ours !== undefined) merged.set(path, { content })
  }
}
