/** Content as a row of chunks in one buffer, each valid until the next. */
import type { ContentSource } from './filter-content.js'

export class Chunks {
  readonly #buffer: Buffer
  readonly #source: ContentSource
  /** The chunk at hand; empty when the content is over. */
  current: Buffer

  /** @param buffer full of the first chunk */
  constructor(buffer: Buffer, source: ContentSource) {
    this.#buffer = buffer
    this.#source = source
    this.current = buffer
  }

  /** Replaces the chunk at hand by the next. */
  advance(): void {
    const isLast = this.current.length < this.#buffer.length
    this.current = this.#buffer.subarray(0, isLast ? 0 : this.#source.fill(this.#buffer, 0))
  }
}
