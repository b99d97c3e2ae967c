/**
 * Merging the git-annex branches of other repositories into ours, wherever they were fetched or pushed
 * to. With nothing to merge it costs no process where refs are files, else one `git for-each-ref`.
 * Implements spec: the git-annex branch, section 8, and the check of 6.9.
 */
import type { Ref } from '../git/refs.js'
import { gitOutput } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { type Difference, recordedDifferences } from '../model/logs/difference-log.js'
import { parseTransitions, type Transition } from '../model/logs/transitions.js'
import { isReadOnly } from '../platform/file-lock.js'
import { commitStaged, finishInterrupted } from './commit.js'
import { CommittedContent } from './committed.js'
import { createBranch } from './create.js'
import { mergeCommits } from './merge.js'
import { addMergedRefs, readSettledCommits } from './merged-refs.js'
import { readObjects, type Sha } from './objects.js'
import {
  BRANCH_REF,
  listBranchRefs,
  moveBranch,
  peekBranchRefs,
  readBranchHead,
  shortRef,
} from './refs.js'
import { type BranchPlace, clearJournals, lockJournal, stageJournals } from './staging.js'
import { continueTransitions } from './transition.js'

const ATTEMPTS = 20

/** The refs that hold news, or may. */
export interface Unmerged {
  /** All refs that were not known to be merged. */
  readonly refs: readonly Ref[]
  /** Those of them that are in no other and not in the branch. */
  readonly tips: readonly Ref[]
}

/** Finds what is to be merged; undefined when there is nothing. */
export function findUnmerged(place: BranchPlace): Unmerged | undefined {
  const { repository } = place
  const settled = readSettledCommits(repository)
  const seen = peekBranchRefs(repository)
  if (seen && unsettled(seen, settled).refs.length === 0) return undefined
  const { head, refs } = unsettled(listBranchRefs(repository), settled)
  if (refs.length === 0) return undefined
  return { refs, tips: findTips(place, head, refs) }
}

/** The head of our branch, and the refs that are elsewhere and not known to be merged. */
function unsettled(all: readonly Ref[], settled: ReadonlySet<Sha>) {
  const head = all.find(({ name }) => name === BRANCH_REF)?.oid
  return { head, refs: all.filter(({ oid }) => oid !== head && !settled.has(oid)) }
}

/** The refs that neither the branch nor another ref contains, each commit once. */
function findTips(place: BranchPlace, head: Sha | undefined, refs: readonly Ref[]): Ref[] {
  const commits = new Set([...(head === undefined ? [] : [head]), ...refs.map(({ oid }) => oid)])
  const args = ['merge-base', '--independent', ...commits]
  const independent = new Set(
    commits.size > 1 ? gitOutput(place.repository, args).split('\n') : commits,
  )
  const tips = new Map<Sha, Ref>()
  for (const ref of refs)
    if (ref.oid !== head && independent.has(ref.oid) && !tips.has(ref.oid)) tips.set(ref.oid, ref)
  return [...tips.values()]
}

/** What came of an update. */
export type UpdateOutcome =
  /** Merged; the refs are in short form, such as `origin/git-annex`. Empty: there was no news. */
  | { readonly kind: 'merged'; readonly refs: readonly Bytes[] }
  /** The repository cannot be written: these commits must be read besides the branch. */
  | { readonly kind: 'read-only'; readonly commits: readonly Sha[] }

/**
 * Merges what {@link findUnmerged} found, together with what is pending in the journals.
 * @throws AnnexError BRANCH_INCOMPATIBLE when a ref is tuned differently, or has unknown transitions
 */
export function mergeUnmerged(
  place: BranchPlace,
  { differences }: { differences: ReadonlySet<Difference> },
  unmerged: Unmerged,
): UpdateOutcome {
  const { repository } = place
  try {
    using _lock = lockJournal(repository)
    finishInterrupted(repository)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const head = readBranchHead(repository) ?? createBranch(repository)
      const tips = findTips(place, head, unmerged.refs)
      if (tips.length > 0 && !mergeTips(place, { head, tips, differences })) continue
      addMergedRefs(repository, unmerged.refs)
      return { kind: 'merged', refs: tips.map(({ name }) => shortRef(name)) }
    }
  } catch (error) {
    if (!isReadOnly(error)) throw error
    return { kind: 'read-only', commits: unmerged.tips.map(({ oid }) => oid) }
  }
  throw new Error('The git-annex branch keeps moving while others are merged into it')
}

interface Merge {
  readonly head: Sha
  readonly tips: readonly Ref[]
  readonly differences: ReadonlySet<Difference>
}

/** @returns false when the branch moved meanwhile and it is to be done again */
function mergeTips(place: BranchPlace, { head, tips, differences }: Merge): boolean {
  const { repository } = place
  const commits = tips.map(({ oid }) => oid)
  const before = new CommittedContent(repository, head)
  const staged = stageJournals(place, before)
  const remote = readMergeSettings(place, commits)
  checkDifferences(remote, differences)
  const local = knownTransitions(
    staged.changes.get('transitions.log') ?? before.read('transitions.log'),
  )
  const changes = mergeCommits(repository, head, { staged: staged.changes, commits })
  const remotes = new Map(remote.map(({ transitions }, i) => [commits[i]!, transitions]))
  const done = continueTransitions(place, { before, staged, changes, local, remotes })
  if (done !== 'none') return done === 'done'
  if (staged.changes.size === 0 && isForward(place, head, commits)) {
    if (!moveBranch(repository, commits[0]!, head)) return false
    clearJournals(place, staged)
    return true
  }
  const message = `merging ${tips.map(({ name }) => shortRef(name)).join(' ')} into git-annex`
  const merge = { before, message, merges: commits, mergeChanges: changes }
  return commitStaged(place, staged, merge) !== undefined
}

/** Whether the branch can simply move on to the one tip. */
function isForward({ repository }: BranchPlace, head: Sha, commits: readonly Sha[]): boolean {
  if (commits.length !== 1) return false
  const args = ['merge-base', '--independent', head, commits[0]!]
  return gitOutput(repository, args) === commits[0]
}

interface MergeSettings {
  readonly differenceLog: Bytes
  readonly transitions: readonly Transition[]
}

function readMergeSettings({ repository }: BranchPlace, commits: readonly Sha[]): MergeSettings[] {
  const names = commits.flatMap((sha) => [`${sha}:difference.log`, `${sha}:transitions.log`])
  const texts = readObjects(repository, names)
  return commits.map((_, i) => ({
    differenceLog: texts[2 * i] ?? '',
    transitions: knownTransitions(texts[2 * i + 1] ?? ''),
  }))
}

function checkDifferences(remotes: readonly MergeSettings[], ours: ReadonlySet<Difference>): void {
  for (const { differenceLog } of remotes) {
    const theirs = recordedDifferences(differenceLog)
    const isSame = theirs?.size === ours.size && [...ours].every((name) => theirs.has(name))
    if (!isSame)
      throw new AnnexError(
        'BRANCH_INCOMPATIBLE',
        'Remote repository is tuned in incompatible way; cannot be merged with local repository.',
      )
  }
}

function knownTransitions(text: Bytes): readonly Transition[] {
  const { known, unknown } = parseTransitions(text)
  if (unknown.length > 0)
    throw new AnnexError(
      'BRANCH_INCOMPATIBLE',
      'unknown transitions listed in transitions.log; upgrade git-annex!',
    )
  return known
}
