/**
 * Delayed checkout (`annex.autoget`): pointers whose content is not here are answered with "delayed".
 * When git has sent all files it asks which are ready; then all contents are fetched together, and
 * every path is delivered, as content or, where none could be had, as the pointer.
 * Implements gitattributes(5), "Long Running Filter Process" (delay), and spec: git filter, trap 16.
 */
import type { PacketWriter } from '../src/git/pkt-line.js'
import { type Bytes, bytesToText } from '../src/model/bytes.js'
import { formatKey } from '../src/model/key.js'
import { parsePointer } from '../src/model/pointer.js'
import type { FilterContext } from '../src/worktree/filter-context.js'
import { tell } from './answer.js'

/** A path that git will ask for again, without its content. */
export interface DelayedFile {
  /** The pointer file that git sent. */
  readonly pointer: Buffer
  readonly keyText: Bytes
}

export class DelayedCheckout {
  readonly #files = new Map<Bytes, DelayedFile>()
  /** Paths that git has been told of already. */
  #isDelivered = false

  /**
   * Whether an answer is to wait: content is wanted that is not here.
   * @param blob all that git sent
   */
  delays(context: FilterContext, path: Bytes, blob: Buffer): boolean {
    if (!context.isAutoget) return false
    const key = parsePointer(blob)
    if (!key || key.sizeBytes === 0n) return false
    const keyText = formatKey(key)
    if (context.store.has(keyText)) return false
    this.#files.set(path, { pointer: Buffer.from(blob), keyText })
    return true
  }

  /** What was delayed at a path; undefined for a path that was not. */
  find(path: Bytes): DelayedFile | undefined {
    return this.#files.get(path)
  }

  /** Fetches what is wanted and tells git that all paths are ready; the second time, that none is left. */
  async answerList(context: FilterContext, writer: PacketWriter): Promise<void> {
    if (!this.#isDelivered) {
      if (this.#files.size > 0) await this.#fetch(context)
      for (const path of this.#files.keys()) writer.line(`pathname=${path}`)
    }
    this.#isDelivered = true
    writer.flush()
    writer.line('status=success')
    writer.flush()
    writer.send()
  }

  /** Never fails: what cannot be had stays a pointer, and git goes on. */
  async #fetch(context: FilterContext): Promise<void> {
    const paths = new Map<Bytes, Bytes>()
    for (const [path, { keyText }] of this.#files) if (!paths.has(keyText)) paths.set(keyText, path)
    try {
      const { fetchForCheckout } = await import('../src/cli/fetch-for-checkout.js')
      const missing = await fetchForCheckout(paths, context.surroundings)
      for (const { keyText, reason } of missing)
        tell(`${bytesToText(paths.get(keyText)!)} is left as a pointer: ${reason}`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      tell(`Cannot fetch contents for this checkout: ${reason}`)
    }
  }
}

/** Answers that the content will come later. */
export function sendDelayed(writer: PacketWriter): void {
  writer.line('status=delayed')
  writer.flush()
  writer.send()
}
