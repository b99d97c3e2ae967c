/** The index as it is at the moment of each question: read again only when it was replaced. */
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { entriesAt, topPath } from '../git/list-files.js'
import { absolute } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { Annex } from './annex.js'

/** An annexed file of the index. */
export interface IndexedFile {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  readonly keyText: Bytes
  /** Of a path in conflict, any of its stages. */
  readonly entry: IndexEntry
}

/** An index that others may change between two questions. */
export class FreshIndex {
  readonly #annex: Pick<Annex, 'repository' | 'cwd' | 'blobKeys'>
  #entries: readonly IndexEntry[] = []
  #version = ''

  constructor(annex: Pick<Annex, 'repository' | 'cwd' | 'blobKeys'>) {
    this.#annex = annex
  }

  /**
   * The annexed file of a name; undefined when the index has none there.
   * @param file relative to the current directory, or absolute
   */
  find(file: Bytes): IndexedFile | undefined {
    const { repository, cwd, blobKeys } = this.#annex
    const path = topPath(repository, absolute(cwd, file))
    if (path === undefined) return undefined
    this.#refresh()
    const [entry] = entriesAt(this.#entries, path)
    const keyText = entry && blobKeys.keyTextOf(entry)
    return keyText === undefined ? undefined : { path, keyText, entry: entry! }
  }

  #refresh(): void {
    const { repository } = this.#annex
    const stat = files.stat(repository.indexFile)
    const version = stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : 'none'
    if (version === this.#version) return
    this.#entries = readIndexEntries(repository)
    this.#version = version
  }
}
