/**
 * Clean: what git is to store for a file, from the bytes that git sends; the path is never read.
 *
 * An ordinary file comes back unchanged. Of a large one the content goes to the annex, its presence
 * to the journal, and a pointer to git, in this order. Content that is what the index has already,
 * in git or in the annex, stays what it is. Implements spec: repository layout, sections 10 and 11,
 * and git filter, traps 6, 11, 24, 26, 31.
 */
import { blobOid, objectFormat } from '../git/object-format.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Key } from '../model/key.js'
import {
  formatPointer,
  isLfsPointer,
  looksLikeBrokenPointer,
  parsePointer,
} from '../model/pointer.js'
import { cleanLarge } from './clean-large.js'
import { cleanSmall } from './clean-small.js'
import type { Cleaned, ContentSource } from './filter-content.js'
import type { FilterContext } from './filter-context.js'
import { UnpreparedBackend } from './hashing.js'

export class Cleaner {
  readonly #context: FilterContext
  readonly #buffer: Buffer
  #length = 0

  /**
   * @param buffer what is held in memory of a file: one that fits is decided before anything is
   *   written, the rest of a longer one streams through it
   */
  constructor(context: FilterContext, buffer: Buffer) {
    this.#context = context
    this.#buffer = buffer
  }

  /** Takes the beginning of a file's content; {@link clean} goes on from there. */
  read(source: ContentSource): void {
    this.#length = source.fill(this.#buffer, 0)
  }

  /**
   * Decides over the file whose content was read.
   * @param path relative to the top of the work tree
   * @param source the same as before; what is left of it is read when needed
   * @throws AnnexError when the content must not or cannot be stored
   */
  clean(path: Bytes, source: ContentSource): Cleaned {
    try {
      return this.#clean(path, source)
    } catch (error) {
      if (!(error instanceof UnpreparedBackend)) throw error
      return { kind: 'prepare', backend: error.backend }
    }
  }

  #clean(path: Bytes, source: ContentSource): Cleaned {
    const head = this.#buffer.subarray(0, this.#length)
    // An annexed empty file would be cleaned again by every git status.
    if (head.length === 0) return { kind: 'bytes', bytes: head }
    const isWhole = head.length < this.#buffer.length
    const key = isWhole ? parsePointer(head) : undefined
    if (key) return { kind: 'bytes', bytes: this.#cleanPointer(path, head, key) }
    const isBroken = looksLikeBrokenPointer(head)
    if (isBroken) this.#checkBroken(path, head)
    if (isWhole && isLfsPointer(head))
      return { kind: 'bytes', bytes: this.#cleanForeign(path, head) }
    if (!isWhole)
      return cleanLarge(this.#context, { path, buffer: this.#buffer, source, isForGit: isBroken })
    return isBroken ? { kind: 'bytes', bytes: head } : cleanSmall(this.#context, path, head)
  }

  /** Pointers go to git in one form, except where the index has this one in another. */
  #cleanPointer(path: Bytes, content: Buffer, key: Key): Uint8Array {
    const canonical = formatPointer(key)
    if (content.equals(canonical)) return content
    const { staged, repository } = this.#context
    const oid = staged.find(path)?.oid
    return oid === blobOid(content, objectFormat(repository)) ? content : canonical
  }

  /** What a pointer of git-lfs stands for is not in it: the annex would keep the wrong content. */
  #cleanForeign(path: Bytes, content: Buffer): Uint8Array {
    this.#context.warn(
      `${bytesToText(path)} is a pointer of git-lfs and goes to git as it is; git lfs pull brings its content`,
    )
    return content
  }

  /** @throws AnnexError KEY_INVALID for conflict markers; warns of anything else */
  #checkBroken(path: Bytes, head: Buffer): void {
    if (head.toString('latin1', 0, 8) === '<<<<<<< ')
      throw new AnnexError('KEY_INVALID', 'it is a pointer file with conflict markers', {
        hint: 'Take one side first, with git checkout --ours or --theirs',
      })
    this.#context.warn(
      `${bytesToText(path)} begins like a pointer file but is none; it goes to git as it is`,
    )
  }
}
