/**
 * Large contents of a checkout. Git keeps all of a filter's answer in memory, so for them the filter
 * answers the pointer, and puts the content in place once git has closed the pipe: git waits for us,
 * the index is free again, and a copy in the kernel (or a reflink) costs neither of us memory.
 *
 * What is to be done is noted beforehand (deferred-notes.ts): when we are killed, the next command
 * finishes the work. Implements spec: git filter, the design that
 * falls out of the experiments, 2 and 3.
 */
import type { IndexRefresh } from '../git/index-refresh.js'
import { join, type Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { errorMessage } from '../model/errors.js'
import type { ObjectStore } from '../store/object-store.js'
import { clearDeferred, noteDeferred } from './deferred-notes.js'
import { finishWorktree } from './finish-worktree.js'
import { isBeyondLink } from './leading-links.js'
import { populate } from './populate.js'
import { settleFiles } from './settle.js'

/** A pointer that was checked out in place of its content. */
export interface Deferred {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** The blob that the pointer is. */
  readonly oid: Bytes
  readonly keyText: Bytes
}

export interface MaterialiseTools {
  readonly repository: Repository
  readonly store: ObjectStore
  /** `annex.thin`. */
  readonly isThin: boolean
  warn(text: string): void
}

const TELL_AFTER_MS = 1000

/** Collects pointers during a session and replaces them at its end. */
export class DeferredContents {
  readonly #tools: () => MaterialiseTools
  readonly #deferred: Deferred[] = []
  readonly #answered = new Map<Bytes, bigint>()

  /** @param tools made when they are needed */
  constructor(tools: () => MaterialiseTools) {
    this.#tools = tools
  }

  /** Promises the content of a pointer; on disk before git has the pointer. */
  add(deferred: Deferred): void {
    noteDeferred(this.#tools().repository, deferred)
    this.#deferred.push(deferred)
  }

  /** Remembers an annexed file that git writes itself, and the length of what it was answered. */
  addAnswered(path: Bytes, sizeBytes: bigint): void {
    this.#answered.set(path, sizeBytes)
  }

  /**
   * Puts the contents in place. A file that is not that pointer any more is left alone, and a content
   * that is gone leaves the pointer, with a warning. For one that cannot be put in place now, on a
   * full disk, the notes stay: the next command tries again.
   */
  materialise(): void {
    if (this.#deferred.length + this.#answered.size === 0) return
    const tools = this.#tools()
    const refreshes: IndexRefresh[] = []
    const startMs = performance.now()
    let hasTold = false
    let isComplete = true
    for (const deferred of this.#deferred) {
      const refresh = materialiseOne(deferred, tools)
      if (refresh === 'failed') isComplete = false
      else if (refresh) refreshes.push(refresh)
      if (!hasTold && performance.now() - startMs > TELL_AFTER_MS) {
        tools.warn(`putting the contents of ${this.#deferred.length} large files in place …`)
        hasTold = true
      }
    }
    refreshes.push(...settleFiles(tools.repository, this.#answered))
    if (refreshes.length > 0) finishWorktree(tools.repository, refreshes)
    if (this.#deferred.length > 0 && isComplete) clearDeferred(tools.repository)
    this.#deferred.length = 0
    this.#answered.clear()
  }
}

function materialiseOne(
  { path, oid, keyText }: Deferred,
  { repository, store, isThin, warn }: MaterialiseTools,
): IndexRefresh | 'failed' | undefined {
  const object = store.locate(keyText)
  if (!object) {
    warn(`${bytesToText(path)} is left as a pointer: its content has gone meanwhile`)
    return undefined
  }
  if (isBeyondLink(repository, path)) return undefined
  try {
    const file = join(repository.workTree!, path)
    const stat = populate({
      path: file,
      keyText,
      temp: store.temp,
      objectFile: object.path,
      isThin,
    })
    return stat && { path, oid, stat }
  } catch (error) {
    warn(`${bytesToText(path)} is left as a pointer: ${errorMessage(error)}`)
    return 'failed'
  }
}
