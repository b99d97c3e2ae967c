/**
 * Makes work tree files follow the contents that come and go: pointer files become content, content
 * becomes pointer files again, and git's index learns of all of them at once in the end.
 * Implements spec: repository layout, section 10.
 */
import type { BlobKeys } from '../git/blob-keys.js'
import type { GitConfig } from '../git/config.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexRefresh } from '../git/index-refresh.js'
import { isUnchangedSince } from '../git/index-stat.js'
import { join, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { keepStat } from '../platform/kept-stat.js'
import type { ObjectStore } from '../store/object-store.js'
import { isVerificationReady, verifyContent } from '../store/verify.js'
import { type AnnexedFile, FilesByKey, isConflictSide, isPopulatable } from './annexed-files.js'
import { listAbandonedNotes, readNotedKeys, removeNotes } from './deferred-notes.js'
import { finishWorktree, restagePending } from './finish-worktree.js'
import { isBeyondLink } from './leading-links.js'
import { isPointerOf } from './pointer-file.js'
import { depopulate, populate } from './populate.js'
import { populateFromMemory } from './populate-in-place.js'
import { formatRestageText, hasRestageLog } from './restage-log.js'
import { hasSmudgeLog, takeSmudgeLog } from './smudge-log.js'

/** One repository; commands pass their own, path remotes pass theirs. */
export interface WorkTreeOwner {
  readonly repository: Repository
  readonly config: GitConfig
  readonly store: ObjectStore
  readonly blobKeys: BlobKeys
}

/** Whether a checkout or a locked index has left work for {@link WorkTreeUpdates.finish}. */
export function hasWaitingFiles(repository: Repository): boolean {
  return (
    hasSmudgeLog(repository) ||
    hasRestageLog(repository) ||
    listAbandonedNotes(repository).length > 0
  )
}

export class WorkTreeUpdates {
  readonly #owner: WorkTreeOwner
  readonly #refreshes: IndexRefresh[] = []
  #files: FilesByKey | undefined

  constructor(owner: WorkTreeOwner) {
    this.#owner = owner
  }

  /** The annexed files of each key, from the index as it was when first asked. */
  get #byKey(): FilesByKey {
    if (this.#files) return this.#files
    const { repository, blobKeys } = this.#owner
    const entries = repository.workTree === undefined ? [] : readIndexEntries(repository)
    this.#files = new FilesByKey(entries, blobKeys)
    return this.#files
  }

  /** Paths of the files with a key, relative to the top. */
  pathsOf(keyText: Bytes): Bytes[] {
    return this.#byKey.get(keyText).map(({ path }) => path)
  }

  /** The files with a key. */
  filesOf(keyText: Bytes): readonly AnnexedFile[] {
    return this.#byKey.get(keyText)
  }

  /** Paths of all annexed files. */
  *allPaths(): IterableIterator<Bytes> {
    yield* this.#byKey.paths()
  }

  /**
   * Brings the files of a key into the form that fits: content when it is here, else a pointer.
   * @param content all of it, when it has just been stored and is still in memory
   */
  contentChanged(keyText: Bytes, content?: Uint8Array): void {
    const { store, repository } = this.#owner
    const known = this.#byKey.get(keyText)
    const all = known.filter(({ path }) => !isBeyondLink(repository, path))
    if (content) store.unfinished?.noteComing(keyText)
    const files = content ? all.filter((file) => !this.#populateAtOnce(file, content)) : all
    if (files.length === 0) return
    const object = store.locate(keyText)
    if (object) store.unfinished?.noteComing(keyText)
    for (const file of files) {
      if (object && (isPopulatable(file) || isConflictSide(file))) this.#populate(file, object.path)
      else if (!object && isPopulatable(file)) this.#depopulate(file)
    }
  }

  /** @returns false when the file must be populated from the object */
  #populateAtOnce(file: AnnexedFile, content: Uint8Array): boolean {
    if (!isPopulatable(file) || this.#isThin || content.length === 0) return false
    const { path, keyText, entry } = file
    const place = { path: join(this.#owner.repository.workTree!, path), keyText }
    const stat = populateFromMemory(place, content)
    if (stat === 'refused') return false
    if (stat !== 'kept') this.#placed({ path, oid: entry.oid, stat })
    return true
  }

  get #isThin(): boolean {
    return this.#owner.config.getBoolean('annex.thin') ?? false
  }

  #populate({ path, keyText, entry }: AnnexedFile, objectFile: Bytes): void {
    const { repository, store } = this.#owner
    const stat = populate({
      path: join(repository.workTree!, path),
      keyText,
      temp: store.temp,
      objectFile,
      isThin: this.#isThin,
    })
    if (stat) this.#placed({ path, oid: entry.oid, stat })
  }

  #depopulate({ path, keyText, entry }: AnnexedFile): void {
    const { repository, store } = this.#owner
    const stat = depopulate({
      path: join(repository.workTree!, path),
      keyText,
      temp: store.temp,
      entry,
      isContent,
    })
    if (stat) this.#placed({ path, oid: entry.oid, stat })
  }

  #placed(refresh: IndexRefresh): void {
    this.#refreshes.push({ ...refresh, stat: keepStat(refresh.stat) })
    this.#owner.store.unfinished?.notePlaced(formatRestageText(refresh.path, refresh.stat))
  }

  /** Notes the files of a key that a killed process has put in place without git hearing of it. */
  #settle(keyText: Bytes): void {
    const { repository } = this.#owner
    for (const file of this.#byKey.get(keyText) ?? []) {
      if (!isPopulatable(file) || isBeyondLink(repository, file.path)) continue
      const path = join(repository.workTree!, file.path)
      const stat = files.lstat(path)
      if (!stat?.isFile() || isUnchangedSince(file.entry, stat)) continue
      if (!isPointerOf(path, stat, keyText) && isContent(path, keyText))
        this.#placed({ path: file.path, oid: file.entry.oid, stat })
    }
  }

  /**
   * Does what checkouts have left, and tells git about all files changed so far and about those noted
   * while the index was locked.
   */
  finish(): void {
    const { repository, blobKeys } = this.#owner
    const notes = listAbandonedNotes(repository)
    const noted = readNotedKeys(notes)
    for (const keyText of noted) this.#settle(keyText)
    for (const keyText of [...takeSmudgeLog(repository), ...noted]) this.contentChanged(keyText)
    // Not before: where there is no room for a content now, there may be later.
    removeNotes(notes)
    const refreshes = this.#refreshes.splice(0)
    if (refreshes.length > 0) finishWorktree(repository, refreshes)
    restagePending(repository, { blobKeys, isContent })
  }
}

/**
 * Whether a file holds the content of a key, found out by reading it. Who knows the key beforehand
 * awaits `prepareVerification`; of a hash function that is not loaded the answer is no.
 */
export function isContent(path: Bytes, keyText: Bytes): boolean {
  if (!isVerificationReady(keyText)) return false
  try {
    return verifyContent(keyText, path)
  } catch (error) {
    const no = ['CONTENT_MISMATCH', 'CONTENT_MISSING', 'FILE_UNREADABLE']
    if (isAnnexError(error) && no.includes(error.code)) return false
    throw error
  }
}
