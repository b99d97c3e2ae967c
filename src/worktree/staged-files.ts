/**
 * What the index has at a path, for deciding about one file after the other.
 *
 * Read once: a filter lives as long as one git command. Git asks for files in the order of the index,
 * so blobs that must be looked at are looked up ahead, in batches that grow: few processes for few
 * files, and few for many.
 */
import { BlobKeys, paysToRemember, pointerOid } from '../git/blob-keys.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { lowerBound } from '../git/list-files.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'

const FIRST_BATCH = 1
const BATCH_GROWTH = 8
const MAX_BATCH = 20_000
/** Fewer are asked for in no time. */
const WORTH_LEARNING = 500
const FILE = 0o100644
/** Ours, where a merge left several. */
const OUR_STAGE = 2

export class StagedFiles {
  readonly #repository: Repository
  #entries: readonly IndexEntry[] | undefined
  #blobKeys: BlobKeys | undefined
  /** The stretch of entries looked up last. */
  #resolved = { start: 0, end: 0 }
  #batch = FIRST_BATCH

  constructor(repository: Repository) {
    this.#repository = repository
  }

  /** The entry at a path, in a conflict our side; undefined when there is none. */
  find(path: Bytes): IndexEntry | undefined {
    const entries = this.#read()
    let found: IndexEntry | undefined
    for (let i = lowerBound(this.#read(), path); entries[i]?.path === path; i++)
      if (!found || entries[i]!.stage === OUR_STAGE) found = entries[i]
    return found
  }

  /** The serialized key that an entry stands for; undefined when it is no annexed file. */
  keyTextOf(entry: IndexEntry): Bytes | undefined {
    this.#blobKeys ??= new BlobKeys(this.#repository)
    const position = lowerBound(this.#read(), entry.path)
    const { start, end } = this.#resolved
    if (position < start || position >= end) {
      this.#resolved = { start: position, end: position + this.#batch }
      this.#blobKeys.resolve(this.#read().slice(position, position + this.#batch))
      this.#batch = Math.min(this.#batch * BATCH_GROWTH, MAX_BATCH)
    }
    return this.#blobKeys.keyTextOf(entry)
  }

  /** Notes what many blobs stand for that are about to be staged: it is asked for soon. */
  learn(keyTexts: readonly Bytes[]): void {
    if (keyTexts.length < WORTH_LEARNING) return
    if (!this.#blobKeys && !paysToRemember(this.#repository, keyTexts.length)) return
    this.#blobKeys ??= new BlobKeys(this.#repository)
    for (const keyText of keyTexts)
      this.#blobKeys.learn({ oid: pointerOid(this.#repository, keyText), mode: FILE }, keyText)
  }

  /** Keeps what was learnt about blobs for the next process. */
  save(): void {
    this.#blobKeys?.save()
  }

  #read(): readonly IndexEntry[] {
    this.#entries ??= readIndexEntries(this.#repository)
    return this.#entries
  }
}
