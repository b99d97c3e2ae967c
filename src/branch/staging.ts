/**
 * What a commit of the branch takes in: the closed segments of our journal and git-annex's journal
 * files, turned into new file contents. The caller holds `journal.lck` from before staging until the
 * journals are cleared. Implements spec: the git-annex branch, sections 6 and 7.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { applyLogEdit, editedUuid } from '../model/logs/log-edit.js'
import type { Uuid } from '../model/uuid.js'
import { type FileLock, waitForLock } from '../platform/file-lock.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'
import { limitMemory } from '../platform/memory.js'
import type { CommittedContent } from './committed.js'
import {
  isPending,
  listSegments,
  mergeRecords,
  readSegment,
  type SegmentSettlement,
  settlementOf,
  settleSegments,
} from './journal.js'
import { type JournalRecord, recordClock } from './journal-record.js'
import { PeerJournal } from './peer-journal.js'

/** The parts of a repository that branch code works on. */
export interface BranchPlace {
  readonly repository: Repository
  /** Repositories whose changes are never committed. */
  readonly privateUuids: ReadonlySet<Uuid>
  /** Whether location logs have one hash directory (`annex.tune.branchhash1`). */
  readonly oneLevelHash: boolean
}

/** Takes the lock under which the branch and the journals change; waits for it. */
export function lockJournal({ annexDir }: Repository): FileLock {
  makeAnnexDirs(annexDir)
  return waitForLock(`${annexDir}/journal.lck`, 'exclusive')
}

/** The journals as a commit takes them. */
export interface Staged {
  /** New contents by path, of files that change. */
  readonly changes: ReadonlyMap<Bytes, Bytes>
  /** New contents of private journal files. */
  readonly privateChanges: ReadonlyMap<Bytes, Bytes>
  /** What becomes of the segments that were carried out. */
  readonly settlements: readonly SegmentSettlement[]
  /** Paths of git-annex's journal files that are part of `changes` or said nothing new. */
  readonly peerPaths: readonly Bytes[]
}

/** Splits records into those to be committed and those about private repositories. */
export function splitPrivate(
  { privateUuids }: BranchPlace,
  records: readonly JournalRecord[],
): { shared: readonly JournalRecord[]; secret: readonly JournalRecord[] } {
  if (privateUuids.size === 0) return { shared: records, secret: [] }
  const isSecret = ({ path, edit }: JournalRecord): boolean => {
    const uuid = editedUuid(path, edit)
    return uuid !== undefined && privateUuids.has(uuid)
  }
  const secret = records.filter(isSecret)
  return { shared: records.filter((record) => !secret.includes(record)), secret }
}

/** Carries out records on a file's content, in order. */
export function applyRecords(
  path: Bytes,
  content: Bytes,
  records: readonly JournalRecord[],
): Bytes {
  return records.reduce((text, r) => applyLogEdit(path, text, r.edit, recordClock(r)), content)
}

/** Groups records by the file they change. */
export function groupByPath(records: readonly JournalRecord[]): Map<Bytes, JournalRecord[]> {
  const groups = new Map<Bytes, JournalRecord[]>()
  for (const record of records) {
    const group = groups.get(record.path)
    if (group) group.push(record)
    else groups.set(record.path, [record])
  }
  return groups
}

/**
 * Reads the journals and computes what they make of the branch.
 * @param committed the branch's head
 */
export function stageJournals(place: BranchPlace, committed: CommittedContent): Staged {
  const { annexDir } = place.repository
  const peer = new PeerJournal(annexDir, 'journal')
  const segments = listSegments(annexDir)
    .filter((segment) => segment.isClosed || isPending(segment))
    .map((segment) => readSegment(segment, place.oneLevelHash))
    .filter(({ segment, isWhole }) => segment.isClosed || isWhole)
  const groups = groupByPath(mergeRecords(segments))
  const peerPaths = peer.paths()
  const old = committed.readMany(new Set([...peerPaths, ...groups.keys()]))
  const changes = new Map<Bytes, Bytes>()
  const privateChanges = new Map<Bytes, Bytes>()
  const privateJournal = new PeerJournal(annexDir, 'journal-private')
  for (const path of peerPaths) changes.set(path, peer.readRaw(path) ?? old.get(path)!)
  for (const [path, records] of groups) {
    limitMemory()
    const before = peer.read(path) ?? old.get(path)!
    const { shared, secret } = splitPrivate(place, records)
    const content = applyRecords(path, before, shared)
    if (content !== before) changes.set(path, content)
    if (secret.length === 0) continue
    const all = content + (privateJournal.read(path) ?? '')
    privateChanges.set(path, applyRecords(path, all, secret))
  }
  for (const [path, content] of changes) if (content === old.get(path)) changes.delete(path)
  return { changes, privateChanges, settlements: segments.map(settlementOf), peerPaths }
}

/** Removes what a commit has taken in. */
export function clearJournals({ repository }: BranchPlace, staged: Staged): void {
  settleSegments(staged.settlements)
  if (staged.peerPaths.length > 0)
    new PeerJournal(repository.annexDir, 'journal').remove(staged.peerPaths)
}

/** Writes the private journal; before the segments are removed. */
export function writePrivateChanges({ repository }: BranchPlace, staged: Staged): void {
  const journal = new PeerJournal(repository.annexDir, 'journal-private')
  for (const [path, content] of staged.privateChanges) journal.write(path, content)
}
