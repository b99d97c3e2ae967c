/**
 * What a remote is to the rest of the program: one interface, one file a type.
 *
 * A remote moves bytes and answers questions; it never decides. Whether a copy may be removed is
 * proven before `remove` is called, whether received content is right is checked by the caller unless
 * the remote says that it has done so. Errors: REMOTE_UNAVAILABLE when it could not be asked, which is
 * never the same as "not present".
 */
import type { Bytes } from '../model/bytes.js'
import type { DropProof } from '../model/drop-proof.js'
import type { Uuid } from '../model/uuid.js'

/** How a transfer is to be held back, or broken off. */
export interface Pace {
  /** When it is aborted, the transfer ends with any error; what came so far may be kept. */
  readonly signal?: AbortSignal
  /** Milliseconds to wait before more bytes are moved; asked after each report of progress. */
  waitMs?(): number
}

/** Called with the bytes done so far, from the start of the content. Remotes mind its pace. */
export interface OnProgress extends Pace {
  (doneBytes: number): void
}

/** A promise of a remote that content stays until released. */
export interface RemoteLock {
  /** Milliseconds since 1970 when the promise ends by itself; undefined: it lasts. */
  readonly expiresMs?: number
  /** Whether it is held still, as far as is known here; absent where it cannot get lost. */
  isHeld?(): boolean
  release(): Promise<void>
}

/** Contents below this are short: they may be held in memory as a whole. */
export const SHORT_BYTES = 64 << 10

/** Content that was received. */
export interface Received {
  /** The bytes were checked against the key while they arrived, or the user wants no check. */
  readonly verified: boolean
}

/**
 * Takes a short content that has come whole.
 * @param content unverified; valid during the call only
 * @param mode permission bits of the file it comes from
 * @returns false when it is not right
 * @throws AnnexError DISK_FULL
 */
export type TakeShort = (content: Uint8Array, mode: number) => boolean

export interface Remote {
  readonly name: string
  readonly uuid: Uuid
  /** Lower is tried first (spec: transfer, section 1.2). */
  readonly cost: number
  /** Such as `git`, `directory`; shown by `info`. */
  readonly type: string
  /** Nothing is stored or removed there. */
  readonly isReadOnly: boolean
  /** Only used when the user names it. */
  readonly isIgnored: boolean

  /** Goes on with what an earlier, interrupted `retrieve` has left at its destination. */
  readonly resumes?: boolean

  /** Whether it can be asked for contents at no cost, as a path can. */
  readonly isQuick?: boolean

  /**
   * Tells which contents will be retrieved, in this order, after those told before; a remote that is
   * far away can ask for them before it is asked. They need not be retrieved in the end.
   */
  expect?(keyTexts: readonly Bytes[]): void

  /** @throws AnnexError REMOTE_UNAVAILABLE */
  checkPresent(keyText: Bytes): Promise<boolean>

  /**
   * Fetches content into a file.
   * @param destination absolute path; does not exist yet, unless the remote `resumes`
   * @throws AnnexError CONTENT_MISSING, CONTENT_MISMATCH, REMOTE_UNAVAILABLE, DISK_FULL
   */
  retrieve(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<Received>

  /**
   * Fetches content of less than {@link SHORT_BYTES} into memory, which spares it files on the way.
   * Absent where nothing is gained.
   * @returns false when it was not taken, for whatever reason: `retrieve` is the way then, and says
   *   what is wrong
   * @throws what `take` throws
   */
  retrieveShort?(keyText: Bytes, take: TakeShort, pace: Pace): Promise<boolean>

  /**
   * Where content lies that can be read without fetching it: absolute path, perhaps of nothing.
   * Absent on remotes that are no path on this machine.
   */
  contentPath?(keyText: Bytes): Bytes

  /**
   * Fetches content that {@link Remote.retrieve} found to be wrong, to be looked at and kept. Only
   * where what is found here is all that the remote has of it.
   * @param destination absolute path; what is there is overwritten
   * @throws AnnexError REMOTE_UNAVAILABLE, DISK_FULL
   */
  retrieveAsIs?(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<void>

  /**
   * Stores content; returns once it is safely there and recorded there.
   * @param source absolute path of an object that a content lock keeps in place
   */
  store(keyText: Bytes, source: Bytes, onProgress: OnProgress): Promise<void>

  /**
   * Tells which contents will be stored, in this order, after those told before; a remote that is far
   * away can be sent them, those that it lacks, before it is asked to. They may never be asked for.
   * @param locate the object of a key as for {@link Remote.store}; undefined: it is not there any more
   */
  expectStores?(keyTexts: Iterable<Bytes>, locate: (keyText: Bytes) => Bytes | undefined): void

  /**
   * Takes what has come of a content that was expected; once.
   * @returns whether it was there before, or is stored; undefined: it has to be stored
   * @throws AnnexError REMOTE_UNAVAILABLE when there has been no connection
   */
  storedAhead?(keyText: Bytes, pace: Pace): Promise<'there' | 'stored' | undefined>

  /** Removes content; no error when it was not there. */
  remove(keyText: Bytes, proof: DropProof): Promise<void>

  /**
   * Makes the remote promise to keep content; undefined when it has none to keep or cannot.
   * Absent on remotes that cannot lock at all.
   */
  lockContent?(keyText: Bytes): Promise<RemoteLock | undefined>

  /** Ends what was begun (commits the other side's records, closes connections). */
  close(): Promise<void>
}
