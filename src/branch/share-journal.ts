/**
 * Makes what the filter, or a command that does not commit, has recorded visible to git-annex as soon
 * as it is over: few changes become journal files of git-annex's own form. Many are left to the commit that follows (the
 * pre-commit hook, or any command of ours): it takes them in one go, and `git add` of 10,000 files
 * would be half a second longer. Implements spec: the git-annex branch, section 6.1.
 */
import type { Repository } from '../git/repository.js'
import { type FileLock, tryLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'
import type { BranchOptions } from './branch.js'
import { finishInterrupted } from './commit.js'
import { CommittedContent } from './committed.js'
import { isPending, listSegments, settleSegments } from './journal.js'
import { PeerJournal } from './peer-journal.js'
import { readBranchHead } from './refs.js'
import { type BranchPlace, stageJournals, writePrivateChanges } from './staging.js'

/** A journal file costs about 60 µs now, and again when it is committed. */
const MOST_JOURNAL_BYTES = 100 * 150

/**
 * Hands our journal segments over. When another process has the journal, they are left to it
 * or to the next command.
 */
export function shareJournal(repository: Repository, options: BranchOptions): void {
  const { privateUuids = new Set(), differences } = options
  const oneLevelHash = differences?.has('OneLevelBranchHash') ?? false
  const place = { repository, privateUuids, oneLevelHash }
  const sizeBytes = listSegments(repository.annexDir)
    .filter(isPending)
    .reduce((sum, { path, doneBytes }) => sum + Number(files.stat(path)?.size ?? 0n) - doneBytes, 0)
  if (sizeBytes === 0 || sizeBytes > MOST_JOURNAL_BYTES) return
  const head = readBranchHead(repository)
  if (head === undefined) return
  using lock = tryLockJournal(place)
  if (lock) writeJournalFiles(place, new CommittedContent(repository, head, false))
}

function tryLockJournal({ repository }: BranchPlace): FileLock | undefined {
  makeAnnexDirs(repository.annexDir)
  return tryLock(`${repository.annexDir}/journal.lck`, 'exclusive')
}

/** Journal files first, then the segments go: carrying one out twice changes nothing. */
function writeJournalFiles(place: BranchPlace, committed: CommittedContent): void {
  const { repository } = place
  finishInterrupted(repository)
  const staged = stageJournals(place, committed)
  const journal = new PeerJournal(repository.annexDir, 'journal')
  const already = new Set(staged.peerPaths)
  for (const [path, content] of staged.changes)
    if (!already.has(path) || journal.readRaw(path) !== content) journal.write(path, content)
  writePrivateChanges(place, staged)
  settleSegments(staged.settlements)
}
