/**
 * Finishes what a killed command has begun: records where the content of its keys is now, brings the
 * work tree files of these keys into the form that fits, and lets git know of those that were in place
 * already. See store/unfinished.ts for what was noted.
 */
import type { AnnexBranch } from '../branch/branch.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexRefresh } from '../git/index-refresh.js'
import { isUnchangedSince } from '../git/index-stat.js'
import { join } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import { formatPointer } from '../model/pointer.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { lockContent } from '../store/content-lock.js'
import { type Abandoned, findAbandoned } from '../store/unfinished.js'
import { type AnnexedFile, FilesByKey, isPopulatable } from './annexed-files.js'
import { finishWorktree } from './finish-worktree.js'
import { isBeyondLink } from './leading-links.js'
import { isPointerOf } from './pointer-file.js'
import { depopulate, populate } from './populate.js'
import { canPopulateInPlace, repairInPlace } from './populate-in-place.js'
import { formatRestageText } from './restage-log.js'
import { isContent, type WorkTreeOwner } from './updates.js'

export interface AbandonedOwner extends WorkTreeOwner {
  readonly branch: AnnexBranch
  /** The repository's own. */
  readonly uuid: Uuid
}

/**
 * Finishes the work of killed processes. One directory read when there is none.
 * @returns whether there was any
 * @throws errors of the file system; the notes then stay for the next command
 */
export function finishAbandoned(owner: AbandonedOwner): boolean {
  const abandoned = findAbandoned(owner.repository.annexDir)
  if (!abandoned) return false
  for (const keyText of abandoned.keyTexts)
    recordPresence(owner, keyText, abandoned.going.has(keyText))
  if (owner.repository.workTree !== undefined) new Settlement(owner, abandoned).run()
  owner.branch.close()
  for (const note of abandoned.notes) files.remove(note)
  return true
}

/** Content that is missing was lost by this process only if it was about to remove it. */
function recordPresence(
  { store, branch, uuid }: AbandonedOwner,
  keyText: Bytes,
  wasGoing: boolean,
) {
  const isHere = store.has(keyText)
  if (isHere === branch.locations(keyText).includes(uuid)) return
  if (!isHere) {
    if (wasGoing) branch.setPresence(keyText, uuid, false)
    return
  }
  try {
    // Nobody may remove it between our look and our record.
    using _lock = lockContent(store, keyText, 'shared')
    branch.setPresence(keyText, uuid, true)
  } catch (error) {
    // Whoever is removing it records what becomes of it.
    if (!isAnnexError(error, 'CONTENT_LOCKED') && !isAnnexError(error, 'CONTENT_MISSING'))
      throw error
  }
}

/** The work tree files of the keys, each brought into the form that fits. */
class Settlement {
  readonly #owner: AbandonedOwner
  readonly #abandoned: Abandoned

  constructor(owner: AbandonedOwner, abandoned: Abandoned) {
    this.#owner = owner
    this.#abandoned = abandoned
  }

  run(): void {
    const { repository, blobKeys } = this.#owner
    const byKey = new FilesByKey(readIndexEntries(repository), blobKeys)
    const refreshes: IndexRefresh[] = []
    for (const keyText of this.#abandoned.keyTexts)
      for (const file of byKey.get(keyText)) {
        const stat = isPopulatable(file) ? this.#settle(file) : undefined
        if (stat) refreshes.push({ path: file.path, oid: file.entry.oid, stat })
      }
    if (refreshes.length > 0) finishWorktree(repository, refreshes)
  }

  /** @returns stat of a file that git should look at as unmodified */
  #settle(file: AnnexedFile): files.FileStat | undefined {
    const { repository, store, config } = this.#owner
    const { keyText, entry } = file
    const path = join(repository.workTree!, file.path)
    const stat = files.lstat(path)
    if (!stat?.isFile() || isBeyondLink(repository, file.path)) return undefined
    const objectFile = store.locate(keyText)?.path
    const workTreeFile = { path, keyText, temp: store.temp }
    if (isPointerOf(path, stat, keyText)) {
      const isThin = config.getBoolean('annex.thin') ?? false
      if (objectFile !== undefined) return populate({ ...workTreeFile, objectFile, isThin })
      return isUnchangedSince(entry, stat) ? undefined : stat
    }
    if (objectFile !== undefined) return this.#settlePresent(file, { path, objectFile, stat })
    if (!this.#abandoned.going.has(keyText)) return undefined
    return depopulate({ ...workTreeFile, entry, isContent })
  }

  /** A file that is no pointer, while there is an object. */
  #settlePresent(
    { path: name, keyText, entry }: AnnexedFile,
    { path, objectFile, stat }: { path: Bytes; objectFile: Bytes; stat: files.FileStat },
  ): files.FileStat | undefined {
    if (isUnchangedSince(entry, stat)) return undefined
    const isKnown = this.#abandoned.placed.has(formatRestageText(name, stat))
    if (isKnown || isContent(path, keyText)) return stat
    const object = files.lstat(objectFile)!
    const inPlace = { path, keyText, objectFile, before: stat, object }
    const mayBeTorn = canPopulateInPlace({ ...inPlace, before: { ...stat, size: 0n } })
    return mayBeTorn ? repairInPlace(inPlace, formatPointer(parseKey(keyText)!)) : undefined
  }
}
