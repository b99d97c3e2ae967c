/**
 * Which files git sends through the filter. Where patterns are tracked, only theirs: an unlocked file
 * that no pattern reaches would look modified at once, and `git commit -a` would take its content
 * into git. Implements spec: git filter, trap 28.
 */
import { AttributeReader } from '../git/attributes.js'
import { hasCatchAll } from '../git/filter-settings.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { entriesAt } from '../git/list-files.js'
import type { Bytes } from '../model/bytes.js'
import type { Annex } from './annex.js'

export class FilterReach {
  readonly #annex: Annex
  #attributes: AttributeReader | undefined
  #entries: readonly IndexEntry[] | undefined
  #hasCatchAll: boolean | undefined

  constructor(annex: Annex) {
    this.#annex = annex
  }

  /** Whether git sends a file through the filter. @param path relative to the top */
  has(path: Bytes): boolean {
    const { repository, config, env } = this.#annex
    this.#hasCatchAll ??= hasCatchAll(repository)
    if (this.#hasCatchAll) return true
    this.#attributes ??= new AttributeReader({
      repository,
      config,
      env,
      names: ['filter'],
      isStaged: (file) => {
        this.#entries ??= readIndexEntries(repository)
        return entriesAt(this.#entries, file).length > 0
      },
    })
    return this.#attributes.get(path, 'filter') === 'annex'
  }
}
