/** What goes into the filter's work on one file, and what comes out. */
import type { Backend } from '../backends/registry.js'
import type { Bytes } from '../model/bytes.js'

/** Content from git's packets or from a pipe: synchronous, read once from beginning to end. */
export interface ContentSource {
  /**
   * Reads on into a buffer.
   * @param at where in the buffer to begin
   * @returns where it ended: the end of the buffer, or less when the content is over
   */
  fill(into: Buffer, at: number): number
}

/** What git is to store for a file. */
export type Cleaned =
  /** These bytes, valid until the next file is read. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The content of a file, which the caller removes afterwards; absolute path. */
  | { readonly kind: 'file'; readonly path: Bytes }
  /** Nothing yet: the caller prepares this backend's hasher and asks again. */
  | { readonly kind: 'prepare'; readonly backend: Backend }
