/**
 * Transitions: rewriting the branch without its history, or without what it says of dead repositories,
 * and carrying on with what another clone has begun. Implements spec: the git-annex branch, section 9.
 */
import { readInfos } from '../git/cat-file.js'
import type { Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'
import { dropDead, findDead } from '../model/logs/drop-dead.js'
import { parseMapLog } from '../model/logs/map-log.js'
import {
  addTransitions,
  describeTransitions,
  formatTransitions,
  parseTransitions,
  type Transition,
  type TransitionName,
  uniteTransitions,
} from '../model/logs/transitions.js'
import type { Clock } from '../model/vector-clock.js'
import * as files from '../platform/files.js'
import type { CommittedContent } from './committed.js'
import { committerIdent, type FileChange, importCommit } from './fast-import.js'
import { addIgnoredCommits } from './merged-refs.js'
import { readObjects, type Sha } from './objects.js'
import { moveBranch } from './refs.js'
import { type BranchPlace, clearJournals, type Staged, writePrivateChanges } from './staging.js'

const LOG = 'transitions.log'

/** A branch about to be merged with others. */
export interface TransitionMerge {
  readonly before: CommittedContent
  readonly staged: Staged
  /** All changes against `before` that the merge makes. */
  readonly changes: ReadonlyMap<Bytes, FileChange>
  readonly local: readonly Transition[]
  /** The transitions that the commits to be merged know of. */
  readonly remotes: ReadonlyMap<Sha, readonly Transition[]>
}

/**
 * Performs the transitions that not all sides have in common, and commits the merge in their way.
 * The journal is locked.
 * @returns `none` when there are none, so that nothing was done; `moved` when the branch moved
 */
export function continueTransitions(
  place: BranchPlace,
  { before, staged, changes, local, remotes }: TransitionMerge,
): 'none' | 'done' | 'moved' {
  const all = uniteTransitions([local, ...remotes.values()])
  const text = formatTransitions(all)
  const hasAll = (transitions: readonly Transition[]) => formatTransitions(transitions) === text
  const transitioned = [...remotes].filter(([, ts]) => hasAll(ts)).map(([sha]) => sha)
  if (hasAll(local) && transitioned.length === remotes.size) return 'none'
  const isNewBranch = !hasAll(local)
  const parents = isNewBranch ? transitioned : [before.commit!, ...transitioned]
  const verb = parents.length === 0 ? 'new branch for transition' : 'continuing transition'
  const rewritten = rewrite(place.repository, before, { changes, transitions: all })
  const message = `${verb} ${describeTransitions(all)}`
  if (!writeBranch(place, { before, changes: rewritten, parents, message, isNewBranch }))
    return 'moved'
  writePrivateChanges(place, staged)
  clearJournals(place, staged)
  addIgnoredCommits(
    place.repository,
    [...remotes.keys()].filter((sha) => !transitioned.includes(sha)),
  )
  return 'done'
}

/**
 * Begins transitions in this repository. The journal is locked.
 * @returns false when the branch moved meanwhile
 */
export function beginTransitions(
  place: BranchPlace,
  { before, staged }: { before: CommittedContent; staged: Staged },
  { names, clock }: { names: readonly TransitionName[]; clock: Clock },
): boolean {
  const text = addTransitions(staged.changes.get(LOG) ?? before.read(LOG), names, clock)
  const transitions = parseTransitions(text).known
  const changes = new Map<Bytes, FileChange>()
  for (const [path, content] of staged.changes) changes.set(path, { content })
  const rewritten = rewrite(place.repository, before, { changes, transitions })
  const message = `new branch for transition ${describeTransitions(transitions)}`
  const branch = { before, changes: rewritten, parents: [], message, isNewBranch: true }
  if (!writeBranch(place, branch)) return false
  writePrivateChanges(place, staged)
  clearJournals(place, staged)
  return true
}

/** The changes against `before` with the transitions performed on every file. */
function rewrite(
  repository: Repository,
  before: CommittedContent,
  merge: { changes: ReadonlyMap<Bytes, FileChange>; transitions: readonly Transition[] },
): Map<Bytes, FileChange> {
  const changes = new Map(merge.changes)
  changes.set(LOG, { content: formatTransitions(merge.transitions) })
  if (!merge.transitions.some(({ name }) => name === 'ForgetDeadRemotes')) return changes
  const contents = new Map(before.all())
  for (const [path, content] of readChanges(repository, changes)) contents.set(path, content)
  const dead = findDead(contents.get('trust.log') ?? '', contents.get('remote.log') ?? '')
  for (const [path, content] of contents) {
    const kept = dropDead(path, content, dead)
    if (kept !== content) changes.set(path, kept === '' ? 'remove' : { content: kept })
  }
  return changes
}

/** The contents of changes, those given as blobs read. */
function readChanges(
  repository: Repository,
  changes: ReadonlyMap<Bytes, FileChange>,
): Map<Bytes, Bytes> {
  const contents = new Map<Bytes, Bytes>()
  const blobs: { path: Bytes; sha: Sha }[] = []
  for (const [path, change] of changes) {
    if (change === 'remove' || 'tree' in change) continue
    if ('sha' in change) blobs.push({ path, sha: change.sha })
    else contents.set(path, change.content)
  }
  const texts = readObjects(
    repository,
    blobs.map(({ sha }) => sha),
  )
  for (const [i, { path }] of blobs.entries()) contents.set(path, texts[i] ?? '')
  return contents
}

interface NewBranch {
  readonly before: CommittedContent
  readonly changes: ReadonlyMap<Bytes, FileChange>
  readonly parents: readonly Sha[]
  readonly message: string
  /** Whether the old head is to be left out of the history. */
  readonly isNewBranch: boolean
}

function writeBranch(place: BranchPlace, branch: NewBranch): boolean {
  const { repository } = place
  const { before, changes, parents, message, isNewBranch } = branch
  const committer = committerIdent(repository)
  if (!isNewBranch)
    return importCommit(repository, { message, committer, parents, changes }) !== undefined
  // fast-import itself only moves a ref forward; a ref of our own lets git check the old value.
  const ref = `refs/annexe/transition-${process.pid}`
  const tree = git(repository, ['rev-parse', `${before.commit}^{tree}`])
    .stdout.toString('latin1')
    .trim()
  let commit = importCommit(repository, { message, committer, parents, changes, tree, ref })
  commit = commit && graftExports(repository, { commit, committer, ref })
  const isMoved = commit !== undefined && moveBranch(repository, commit, before.commit)
  git(repository, ['update-ref', '-d', ref])
  // git-annex would merge its old index into the new branch and revive what was dropped.
  if (isMoved)
    for (const name of ['index', 'index.lck']) files.remove(`${repository.annexDir}/${name}`)
  return isMoved
}

/** Keeps the exported trees reachable, which only the old history did. */
function graftExports(
  repository: Repository,
  { commit, committer, ref }: { commit: Sha; committer: Bytes; ref: Bytes },
): Sha | undefined {
  const [log] = readObjects(repository, [`${commit}:export.log`])
  const trees = new Set(
    [...parseMapLog(log ?? '').values()].flatMap(({ value }) => value.split(' ')),
  )
  let head: Sha | undefined = commit
  for (const tree of readInfos(repository, trees).values()) {
    if (tree.type !== 'tree' || head === undefined) continue
    const graft = new Map<Bytes, FileChange>([['export.tree', { tree: tree.oid }]])
    const cleanup = new Map<Bytes, FileChange>([['export.tree', 'remove']])
    const start = { committer, ref }
    head = importCommit(repository, { ...start, message: 'graft', parents: [head], changes: graft })
    if (head === undefined) break
    const end = { ...start, message: 'graft cleanup', parents: [head], changes: cleanup }
    head = importCommit(repository, end)
  }
  return head
}
