/** Content as a row of chunks. */
import type { ContentSource } from './filter-content.js'

export class Chunks {
  readonly #source: ContentSource
  #isOver = false
  /** The chunk at hand; empty when the content is over. */
  current: Buffer

  /** @param first the first chunk, after which more may follow */
  constructor(first: Buffer, source: ContentSource) {
    this.#source = source
    this.current = first
  }

  /** Goes on to the next chunk. @param into lent for it until the one after */
  advance(into: Buffer): void {
    const length = this.#isOver ? 0 : this.#source.fill(into, 0)
    this.#isOver = length < into.length
    this.current = into.subarray(0, length)
  }
}
