/**
 * What every hash function looks like to the rest of the program: synchronous, fed in pieces.
 */

/** A hash in progress. One object hashes one content. */
export interface Hasher {
  /**
   * Takes the next bytes; they are read before the call returns, so the buffer may be reused.
   * @param chunk any length, also zero
   */
  update(chunk: Uint8Array): void
  /** The digest in lower-case hex. Ends the hash: nothing may be called afterwards. */
  digestHex(): string
}
