/**
 * Committing the journals to the branch: one commit for everything that is pending.
 *
 * Crash windows. Before the ref moves, the journals are untouched and the next commit does it all.
 * After it, segments may be left whose edits are in the branch; carrying them out again could undo
 * what happened since. So a note of what is about to be committed is written first, by which the next
 * commit recognises ours in the history and only removes the segments. git-annex's journal files hold
 * whole contents and are committed again, as git-annex itself does.
 */
import { decode, encode } from '@msgpack/msgpack'
import { gitCwd, type Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { runSync } from '../platform/subprocess.js'
import { CommittedContent } from './committed.js'
import { createBranch } from './create.js'
import { committerIdent, type FileChange, importCommit } from './fast-import.js'
import { type SegmentSettlement, settleSegments } from './journal.js'
import type { Sha } from './objects.js'
import { readBranchHead } from './refs.js'
import {
  type BranchPlace,
  clearJournals,
  lockJournal,
  type Staged,
  stageJournals,
  writePrivateChanges,
} from './staging.js'

/** Somebody else may move the ref that often while we commit. */
const ATTEMPTS = 20

/**
 * Commits everything pending.
 * @param known content of the branch that is in memory; used when it is still the head
 * @returns the content of the branch afterwards
 */
export function commitJournals(
  place: BranchPlace,
  known: CommittedContent,
  message: string,
): CommittedContent {
  using _lock = lockJournal(place.repository)
  finishInterrupted(place.repository)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = readBranchHead(place.repository) ?? createBranch(place.repository)
    const before =
      known.commit === head ? known : new CommittedContent(place.repository, head, false)
    const staged = stageJournals(place, before)
    const after = commitStaged(place, staged, { before, message, merges: [] })
    if (after) return after
  }
  throw new Error('The git-annex branch keeps moving while it is committed')
}

/** What a commit of staged journals needs besides them. */
export interface StagedCommit {
  readonly before: CommittedContent
  readonly message: string
  /** Further parents, with the paths that merging them changes. */
  readonly merges: readonly Sha[]
  readonly mergeChanges?: ReadonlyMap<Bytes, FileChange>
}

/**
 * Makes one commit of staged journals and clears them; the journal is locked.
 * @returns the content of the branch afterwards, or undefined when the ref moved meanwhile
 */
export function commitStaged(
  place: BranchPlace,
  staged: Staged,
  { before, message, merges, mergeChanges = new Map() }: StagedCommit,
): CommittedContent | undefined {
  writePrivateChanges(place, staged)
  if (staged.changes.size === 0 && merges.length === 0) {
    clearJournals(place, staged)
    return before
  }
  const { repository } = place
  const changes = new Map<Bytes, FileChange>()
  for (const [path, content] of staged.changes) changes.set(path, { content })
  for (const [path, change] of mergeChanges) changes.set(path, change)
  const committer = committerIdent(repository)
  const parents = [before.commit!, ...merges]
  writeNote(repository, { parent: before.commit!, committer, settlements: staged.settlements })
  const commit = importCommit(repository, { message, committer, parents, changes })
  if (commit === undefined) return undefined
  clearJournals(place, staged)
  files.remove(notePath(repository))
  runPostUpdateHook(repository)
  return merges.length > 0
    ? new CommittedContent(repository, commit)
    : before.after(commit, staged.changes)
}

interface CommitNote {
  readonly parent: Sha
  readonly committer: Bytes
  readonly settlements: readonly SegmentSettlement[]
}

const notePath = ({ annexDir }: Repository): Bytes => `${annexDir}/annexe/committing`

function writeNote(repository: Repository, note: CommitNote): void {
  const { parent, committer, settlements } = note
  if (settlements.length === 0) return
  files.replaceFile(notePath(repository), encode([parent, committer, settlements]))
}

/** Removes segments that a killed process had committed; the journal is locked. */
export function finishInterrupted(repository: Repository): void {
  const content = files.readFile(notePath(repository))
  if (!content) return
  const note = parseNote(content)
  if (note && isCommitted(repository, note)) settleSegments(note.settlements)
  files.remove(notePath(repository))
}

/** Undefined for what a crash of the system has left of a note; records are then carried out again. */
function parseNote(content: Uint8Array): CommitNote | undefined {
  try {
    const [parent, committer, settlements] = decode(content) as [Sha, Bytes, SegmentSettlement[]]
    return Array.isArray(settlements) ? { parent, committer, settlements } : undefined
  } catch {
    return undefined
  }
}

/** Whether the branch's history since `parent` has the commit that a note announces. */
function isCommitted(repository: Repository, { parent, committer }: CommitNote): boolean {
  const args = ['log', '--format=%P%x00%cn <%ce> %ct', `${parent}..refs/heads/git-annex`]
  const { stdout } = git(repository, args, { okStatus: [0, 128] })
  const wanted = committer.slice(0, committer.lastIndexOf(' '))
  return stdout
    .toString('latin1')
    .split('\n')
    .some((line) => {
      const [parents, ident] = line.split('\0')
      return parents!.startsWith(parent) && ident === wanted
    })
}

/** For repositories served over dumb http, whose owners run `git update-server-info` there. */
export function runPostUpdateHook(repository: Repository): void {
  const hook = `${repository.commonDir}/hooks/post-update-annex`
  if (files.exists(hook))
    runSync([bytesToText(hook)], { cwd: gitCwd(repository), stderr: 'inherit' })
}
