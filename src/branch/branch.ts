/**
 * The git-annex branch of one repository: reading it with everything pending, recording changes, and
 * committing them. Everything is synchronous. What was read stays as it was until {@link
 * AnnexBranch.refresh}, except for this object's own changes.
 * Implements spec: the git-annex branch, sections 5 to 8.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { locationLogKey } from '../model/logs/branch-paths.js'
import type { Difference } from '../model/logs/difference-log.js'
import { applyLogEdit, type LogEdit } from '../model/logs/log-edit.js'
import type { TransitionName } from '../model/logs/transitions.js'
import type { Uuid } from '../model/uuid.js'
import { type Clock, clockFromMs } from '../model/vector-clock.js'
import { commitJournals } from './commit.js'
import { CommittedContent } from './committed.js'
import { createBranch } from './create.js'
import { isPending, JournalWriter, listSegments, readSegments } from './journal.js'
import type { JournalRecord } from './journal-record.js'
import type { Sha } from './objects.js'
import { PeerJournal } from './peer-journal.js'
import { BranchQueries } from './queries.js'
import { graftMigrations, type KeyMigration } from './record-migrations.js'
import { readBranchHead } from './refs.js'
import {
  applyRecords,
  type BranchPlace,
  groupByPath,
  lockJournal,
  splitPrivate,
  stageJournals,
} from './staging.js'
import { beginTransitions } from './transition.js'
import { findUnmerged, mergeUnmerged } from './update.js'

export interface BranchOptions {
  /** Repositories whose changes stay in this repository (`annex.private`, `annex-private`). */
  readonly privateUuids?: ReadonlySet<Uuid>
  /** The clock of all new lines (GIT_ANNEX_VECTOR_CLOCK); default: the time of each change. */
  readonly clock?: Clock
  /** How this repository is tuned (`annex.tune.*`). */
  readonly differences?: ReadonlySet<Difference>
  /** Message of ordinary commits (`annex.commitmessage`); default `update`. */
  readonly commitMessage?: string
}

/** What is read, as of one moment. */
interface View {
  readonly peer: PeerJournal
  readonly privateJournal: PeerJournal
  readonly pending: Map<Bytes, JournalRecord[]>
  readonly committed: CommittedContent
}

export class AnnexBranch extends BranchQueries implements Disposable {
  protected readonly oneLevelHash: boolean
  readonly #place: BranchPlace
  readonly #writer: JournalWriter
  readonly #message: string
  readonly #clock: Clock | undefined
  readonly #differences: ReadonlySet<Difference>
  /** Commits that could not be merged into a read-only repository. */
  #unmerged: readonly CommittedContent[] = []
  #view: View | undefined

  constructor(repository: Repository, options: BranchOptions = {}) {
    super()
    const { differences = new Set<Difference>(), privateUuids = new Set<Uuid>() } = options
    this.#differences = differences
    this.oneLevelHash = differences.has('OneLevelBranchHash')
    this.#place = { repository, privateUuids, oneLevelHash: this.oneLevelHash }
    this.#writer = new JournalWriter(repository.annexDir, { clock: options.clock })
    this.#clock = options.clock
    this.#message = options.commitMessage ?? 'update'
  }

  /** The commit the branch is at; undefined when there is no branch. Reads the ref anew. */
  head(): Sha | undefined {
    return readBranchHead(this.#place.repository)
  }

  /** Makes the branch when there is none: from origin's, or with an empty commit. */
  create(): void {
    if (this.head() !== undefined) return
    using _lock = lockJournal(this.#place.repository)
    if (this.head() === undefined) createBranch(this.#place.repository)
    this.refresh()
  }

  /** Forgets what was read, so that changes made by other processes show. */
  refresh(): void {
    this.#view = undefined
  }

  /**
   * Merges the git-annex branches that were fetched or pushed here, with what is pending. One process
   * when there are none.
   * @returns the merged refs, such as `origin/git-annex`; empty when there was no news. A repository
   *   that cannot be written is read from now on as if they were merged.
   * @throws AnnexError BRANCH_INCOMPATIBLE when one is tuned differently or has unknown transitions
   */
  update(): readonly Bytes[] {
    const unmerged = findUnmerged(this.#place)
    if (!unmerged) return []
    this.#writer.close()
    const outcome = mergeUnmerged(this.#place, { differences: this.#differences }, unmerged)
    this.refresh()
    if (outcome.kind === 'merged') return outcome.refs
    const { repository } = this.#place
    this.#unmerged = outcome.commits.map((commit) => new CommittedContent(repository, commit))
    return []
  }

  #open(): View {
    const { repository, oneLevelHash } = this.#place
    const { annexDir } = repository
    // Journals before the head: what is committed in between is then seen twice, which does no harm.
    this.#view ??= {
      peer: new PeerJournal(annexDir, 'journal').load(),
      privateJournal: new PeerJournal(annexDir, 'journal-private').load(),
      pending: groupByPath(readSegments(listSegments(annexDir), oneLevelHash)),
      committed: new CommittedContent(repository, this.head()),
    }
    return this.#view
  }

  override read(path: Bytes): Bytes {
    return this.#withPending(path, undefined)
  }

  /** Reads several files; empty for those that do not exist. */
  readMany(paths: Iterable<Bytes>): Map<Bytes, Bytes> {
    const contents = this.#open().committed.readMany(paths)
    for (const [path, content] of contents) contents.set(path, this.#withPending(path, content))
    return contents
  }

  /** @param committed the content in the branch; read when needed */
  #withPending(path: Bytes, committed: Bytes | undefined): Bytes {
    const view = this.#open()
    const content = view.peer.read(path) ?? committed ?? view.committed.read(path)
    const merged = this.#unmerged.length === 0 ? content : this.#withUnmerged(path, content)
    const hidden = view.privateJournal.read(path) ?? ''
    const records = view.pending.get(path)
    if (!records) return merged + hidden
    const { shared, secret } = splitPrivate(this.#place, records)
    return applyRecords(path, applyRecords(path, merged, shared) + hidden, secret)
  }

  #withUnmerged(path: Bytes, content: Bytes): Bytes {
    const others = this.#unmerged.map((other) => other.read(path))
    return [content, ...others].filter((text) => text !== '').join('\n')
  }

  /** Reads the location logs of keys that will be asked for, with one process. */
  readLogsAhead(keys: readonly Bytes[]): void {
    const { committed } = this.#open()
    if (!committed.isLoaded) committed.readMany(keys.map((key) => this.logPath(key)))
  }

  /** Loads the whole branch, for commands that will look at many keys. */
  loadAll(): void {
    this.#open().committed.all()
  }

  /** Every file of the branch, also those that are only pending. */
  *paths(): IterableIterator<Bytes> {
    const { committed, peer, privateJournal, pending } = this.#open()
    const all = committed.all()
    yield* all.keys()
    const unmerged = this.#unmerged.flatMap((other) => [...other.all().keys()])
    const others = new Set([
      ...unmerged,
      ...peer.paths(),
      ...privateJournal.paths(),
      ...pending.keys(),
    ])
    for (const path of others) if (!all.has(path)) yield path
  }

  /** Every location log: the serialized key and the log's text. Loads the whole branch. */
  *locationLogs(): IterableIterator<[key: Bytes, text: Bytes]> {
    for (const path of this.paths()) {
      const key = locationLogKey(path)
      if (key !== undefined) yield [key, this.read(path)]
    }
  }

  /** The serialized keys of all location logs, those of dead keys included. */
  *keysInBranch(): IterableIterator<Bytes> {
    for (const path of this.paths()) {
      const key = locationLogKey(path)
      if (key !== undefined) yield key
    }
  }

  /** Records whether a repository has a key. @param key the serialized key */
  setPresence(key: Bytes, uuid: Uuid, isPresent: boolean): void {
    const view = this.#view
    if (!view) {
      this.#writer.setPresence(key, uuid, isPresent)
      return
    }
    const path = this.logPath(key)
    const edit: LogEdit = { kind: 'presence', item: uuid, status: isPresent ? '1' : '0' }
    if (this.#changesNothing(path, edit)) return
    const { timeMs, clock } = this.#writer.setPresence(key, uuid, isPresent)
    addPending(view.pending, { timeMs, clock, path, edit })
  }

  /** Makes the log say what was found out, unless it says so already. */
  correctPresence(key: Bytes, uuid: Uuid, isPresent: boolean): void {
    if (this.locations(key).includes(uuid) !== isPresent) this.setPresence(key, uuid, isPresent)
  }

  /**
   * Records a change of a branch file.
   * @throws Error when the edit does not fit the family of the file
   */
  edit(path: Bytes, edit: LogEdit): void {
    if (this.#changesNothing(path, edit)) return
    const record = this.#writer.edit(path, edit)
    if (this.#view) addPending(this.#view.pending, record)
  }

  /** Whether an edit is known to be void without asking git. */
  #changesNothing(path: Bytes, edit: LogEdit): boolean {
    if (!this.#view || this.#view.committed.peek(path) === undefined) return false
    const before = this.read(path)
    if (edit.kind === 'presence' && !before.includes(edit.item)) return false
    return applyLogEdit(path, before, edit, this.#clock ?? clockFromMs(Date.now())) === before
  }

  /** Whether anything waits to be committed, as far as a look at the directories tells. */
  hasPending(): boolean {
    const { annexDir } = this.#place.repository
    if (listSegments(annexDir).some(isPending)) return true
    return new PeerJournal(annexDir, 'journal').paths().length > 0
  }

  /**
   * Commits what is pending, ours and git-annex's, in one commit; nothing happens when nothing is.
   * @returns whether there was anything
   * @throws AnnexError GIT_FAILED; the journals then stay as they are
   */
  commit(options: { readonly message?: string } = {}): boolean {
    this.#writer.close()
    if (!this.hasPending()) return false
    const known = this.#view?.committed ?? new CommittedContent(this.#place.repository, undefined)
    // What is pending is read anew: two copies of it are not to be in memory.
    this.refresh()
    const committed = commitJournals(this.#place, known, options.message ?? this.#message)
    this.#view = { ...this.#open(), committed }
    return true
  }

  /**
   * Rewrites the branch without its history, and perhaps without what it says of dead repositories;
   * other clones will do the same when they merge it.
   * @throws Error when somebody else moves the branch meanwhile
   */
  forget(names: readonly TransitionName[]): void {
    const { repository } = this.#place
    this.create()
    this.#writer.close()
    using _lock = lockJournal(repository)
    const before = new CommittedContent(repository, this.head())
    const staged = stageJournals(this.#place, before)
    const clock = this.#clock ?? clockFromMs(Date.now())
    if (!beginTransitions(this.#place, { before, staged }, { names, clock }))
      throw new Error('The git-annex branch was changed while it was rewritten')
    this.refresh()
  }

  /** Lets other clones know that contents have got other keys. */
  recordMigrations(migrations: readonly KeyMigration[]): void {
    if (migrations.length === 0) return
    graftMigrations(this.#place.repository, migrations)
    this.refresh()
  }

  /** Ends this process's journal segment. Nothing is committed. */
  close(): void {
    this.#writer.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function addPending(pending: Map<Bytes, JournalRecord[]>, record: JournalRecord): void {
  const records = pending.get(record.path)
  if (records) records.push(record)
  else pending.set(record.path, [record])
}
