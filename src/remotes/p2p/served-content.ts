/** What a P2P server asks of the repository that it serves. */
import type { Bytes } from '../../model/bytes.js'

/** What clients may do: `append-only` forbids removals, `read-only` every change. */
export type ServerMode = 'full' | 'append-only' | 'read-only'

/** An object that is being sent. */
export interface OpenContent {
  readonly sizeBytes: number
  /** The open file; undefined where it is none. */
  readonly fd?: number
  /** Reads from an offset. @returns how many bytes; 0 at the end */
  read(buffer: Uint8Array, offset: number): number
  /** Whether it is still what it was when it was opened. */
  isUnchanged(): boolean
  close(): void
}

/** Content that is being received, under the locks of a transfer. */
export interface ReceivedContent {
  /** What is there already. */
  readonly doneBytes: number
  /** What is still to come, as far as the key tells. */
  readonly missingBytes: number | undefined
  write(bytes: Uint8Array): void
  /**
   * Verifies the content, puts it in place and records that it is here.
   * @param options.mustVerify the sender does not vouch for it
   * @throws AnnexError CONTENT_MISMATCH and others; nothing has changed then
   */
  finish(options: { readonly mustVerify: boolean }): void
  /** Lets go; without {@link finish} before, what has come stays for another attempt. */
  close(): void
}

/** Keys are serialized, and were parsed. What cannot be done throws. */
export interface ServedContent {
  /** Loads what verifying a key needs. */
  prepare(key: Bytes): Promise<void> | void
  isPresent(key: Bytes): boolean
  /** Whether somebody has locked content that is here in order to remove it. */
  isBeingRemoved(key: Bytes): boolean
  /** Locks content; undefined when it is not here, or when somebody is removing it. */
  lock(key: Bytes): { release(how: { readonly isUnlocked: boolean }): void } | undefined
  /** Removes content. @returns whether it is gone */
  remove(key: Bytes): boolean
  /** Opens content; undefined when it is not here. */
  open(key: Bytes): OpenContent | undefined
  /** @param file what the client calls it; empty: nothing. For people only */
  receive(key: Bytes, file: Bytes): ReceivedContent
  /** A clock in whole seconds that never goes back. */
  clockSeconds(): number
}
