/** The index as it is at the moment of each question: read again only when it was replaced. */
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { entriesAt } from '../git/list-files.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'

/** An index that others may change between two questions. */
export class FreshIndex {
  readonly #repository: Repository
  #entries: readonly IndexEntry[] = []
  #version = ''

  constructor(repository: Repository) {
    this.#repository = repository
  }

  /** The entry of a path relative to the top; of a path in conflict, any of its stages. */
  entryAt(path: Bytes): IndexEntry | undefined {
    const stat = files.stat(this.#repository.indexFile)
    const version = stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : 'none'
    if (version !== this.#version) {
      this.#entries = readIndexEntries(this.#repository)
      this.#version = version
    }
    return entriesAt(this.#entries, path)[0]
  }
}
