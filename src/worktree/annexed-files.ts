/**
 * The annexed files of a work tree, found in the index: there is no database of them.
 * Implements docs/architecture.md, associated files.
 */
import type { BlobKeys } from '../git/blob-keys.js'
import type { IndexEntry } from '../git/index-format.js'
import type { Bytes } from '../model/bytes.js'

export interface AnnexedFile {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** The serialized key. */
  readonly keyText: Bytes
  /** A symbolic link (locked); otherwise a pointer file (unlocked). */
  readonly isLink: boolean
  /** Git has it as executable; never true of a link. */
  readonly isExecutable: boolean
  /** In a conflict, one of up to three with the same path. */
  readonly entry: IndexEntry
}

const LINK = 0o120000
const EXECUTABLE = 0o100755

/** An annexed file from an index entry and its key. */
export function annexedFileOf({
  path,
  keyText,
  entry,
}: Pick<AnnexedFile, 'path' | 'keyText' | 'entry'>): AnnexedFile {
  const { mode } = entry
  return { path, keyText, isLink: mode === LINK, isExecutable: mode === EXECUTABLE, entry }
}

/**
 * Picks the annexed files out of index entries. Blobs not seen before are looked up all at once, so
 * pass everything you need together.
 */
export function* annexedFiles(
  entries: readonly IndexEntry[],
  blobKeys: BlobKeys,
): Generator<AnnexedFile> {
  blobKeys.resolve(entries)
  for (const entry of entries) {
    const keyText = blobKeys.keyTextOf(entry)
    if (keyText === undefined) continue
    yield annexedFileOf({ path: entry.path, keyText, entry })
  }
}

/** The annexed files that a work tree has of each key, links included. */
export class FilesByKey {
  /** Most keys have one file. The files are made when they are asked for: there may be thousands. */
  readonly #entries = new Map<Bytes, IndexEntry | IndexEntry[]>()

  /** @param entries the whole index */
  constructor(entries: readonly IndexEntry[], blobKeys: BlobKeys) {
    for (const { keyText, entry } of annexedFiles(entries, blobKeys)) {
      const known = this.#entries.get(keyText)
      if (!known) this.#entries.set(keyText, entry)
      else if (Array.isArray(known)) known.push(entry)
      else this.#entries.set(keyText, [known, entry])
    }
  }

  /** The files with a key; none when the work tree has none. */
  get(keyText: Bytes): readonly AnnexedFile[] {
    const known = this.#entries.get(keyText)
    if (!known) return []
    const entries = Array.isArray(known) ? known : [known]
    return entries.map((entry) => annexedFileOf({ path: entry.path, keyText, entry }))
  }

  /** Paths of all the files. */
  *paths(): IterableIterator<Bytes> {
    for (const known of this.#entries.values())
      for (const { path } of Array.isArray(known) ? known : [known]) yield path
  }
}

/**
 * Whether the work tree should hold this file: not when it is a link, in conflict, or left out by a
 * sparse checkout.
 */
export function isPopulatable({ isLink, entry }: AnnexedFile): boolean {
  return !isLink && entry.stage === 0 && !entry.skipWorktree
}

/** Whether the work tree may hold this side of a conflict, as a pointer that waits for its content. */
export function isConflictSide({ isLink, entry }: AnnexedFile): boolean {
  return !isLink && entry.stage !== 0
}
