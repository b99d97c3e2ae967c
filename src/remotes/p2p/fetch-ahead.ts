/**
 * Fetching small contents before they are asked for: many requests go out at once over one connection,
 * so that a content does not wait for the way there and back. The protocol has an answer for each
 * request in order, and the server needs nothing from us in between: the `SUCCESS` that ends a `GET`
 * is advice that can be sent along.
 *
 * What is fetched waits in memory, which is bounded, until it is taken. Nothing here fails: what could
 * not be fetched ahead is fetched when it is needed.
 */
import type { Bytes } from '../../model/bytes.js'
import { parseKey } from '../../model/key.js'
import type { P2pClient } from './client.js'
import type { ConnectionPool } from './pool.js'

/** Longer contents do not notice the way there and back. */
const MAX_CONTENT_BYTES = 128 << 10
/** What may be asked for, or wait to be taken, at once. */
const MAX_WAITING = 256
const MAX_WAITING_BYTES = 4 << 20
/** So many are asked for in one go at least: each write wakes five processes. */
const MIN_BATCH = 32

/** One content on its way. */
interface Expected {
  readonly key: Bytes
  readonly sizeBytes: number
  readonly content: Promise<Buffer | undefined>
  /** Undefined: it could not be fetched ahead. */
  settle(content: Buffer | undefined): void
}

export class FetchAhead {
  readonly #pool: ConnectionPool
  /** Contents that will be needed, in order; not asked for yet. */
  #queue: { readonly key: Bytes; readonly sizeBytes: number }[] = []
  /** Asked for, and not taken yet; oldest first. */
  readonly #waiting = new Map<Bytes, Expected>()
  #waitingBytes = 0
  #unanswered: Expected[] = []
  #client: P2pClient | undefined
  #running: Promise<void> | undefined
  #isOff = false

  constructor(pool: ConnectionPool) {
    this.#pool = pool
  }

  /** Tells which contents will be needed, in this order, after those told before. */
  expect(keys: readonly Bytes[]): void {
    if (this.#isOff) return
    for (const key of keys) {
      const size = parseKey(key)?.sizeBytes
      if (size === undefined || size > MAX_CONTENT_BYTES || this.#waiting.has(key)) continue
      this.#queue.push({ key, sizeBytes: Number(size) })
    }
    this.#start()
  }

  /**
   * Takes a content that was expected.
   * @returns its bytes, unverified; undefined when it must be fetched in the ordinary way
   */
  async take(key: Bytes): Promise<Buffer | undefined> {
    const expected = this.#waiting.get(key)
    if (!expected) {
      this.#forgetUpTo(key)
      return undefined
    }
    const content = await expected.content
    this.#drop(expected)
    this.#start()
    return content
  }

  #drop(expected: Expected): void {
    if (this.#waiting.delete(expected.key)) this.#waitingBytes -= expected.sizeBytes
  }

  /** What was to come before this is not needed any more, or has come from elsewhere. */
  #forgetUpTo(key: Bytes): void {
    const at = this.#queue.findIndex((queued) => queued.key === key)
    if (at < 0) return
    this.#queue.splice(0, at + 1)
    for (const expected of this.#waiting.values()) this.#drop(expected)
    this.#start()
  }

  #start(): void {
    if (!this.#hasRoom() || this.#running || this.#isOff) return
    this.#running = this.#run()
      // Whoever needs one of them will see what is wrong.
      .catch(() => this.#turnOff())
      .finally(() => {
        this.#running = undefined
        if (this.#client) this.#pool.putBack(this.#client)
        this.#client = undefined
        this.#start()
      })
  }

  #turnOff(): void {
    this.#isOff = true
    for (const expected of [...this.#unanswered, ...this.#waiting.values()])
      expected.settle(undefined)
    this.#unanswered = []
    this.#queue = []
  }

  /** Asks and takes answers until there is no more to ask for, or no room. */
  async #run(): Promise<void> {
    let batch = this.#nextBatch()
    if (batch.length === 0) return
    this.#client = await this.#pool.take()
    const client = this.#client
    // Broken off meanwhile: nobody waits for the answers.
    if (this.#isOff) return this.#turnOff()
    while (batch.length > 0 || this.#unanswered.length > 0) {
      const sent = batch.length > 0 ? client.askAhead(batch.map(({ key }) => key)) : undefined
      sent?.catch(() => {})
      this.#unanswered.push(...batch)
      // The next go out while answers to these are still under way.
      batch = this.#nextBatch()
      while (batch.length === 0 && this.#unanswered.length > 0) {
        await this.#takeAnswer(client)
        batch = this.#nextBatch()
      }
      await sent
    }
    client.endAhead()
  }

  async #takeAnswer(client: P2pClient): Promise<void> {
    const [expected] = this.#unanswered
    const content = await client.nextAhead(expected!.sizeBytes)
    this.#unanswered.shift()
    expected!.settle(content)
  }

  #hasRoom(): boolean {
    const room = MAX_WAITING - this.#waiting.size
    const isWorthIt = room >= Math.min(MIN_BATCH, this.#queue.length)
    return this.#queue.length > 0 && isWorthIt && this.#waitingBytes < MAX_WAITING_BYTES
  }

  #nextBatch(): Expected[] {
    if (!this.#hasRoom()) return []
    const batch: Expected[] = []
    while (this.#waiting.size < MAX_WAITING && this.#waitingBytes < MAX_WAITING_BYTES) {
      const next = this.#queue.shift()
      if (!next) break
      if (!this.#waiting.has(next.key)) batch.push(this.#expect(next))
    }
    return batch
  }

  #expect({ key, sizeBytes }: { readonly key: Bytes; readonly sizeBytes: number }): Expected {
    let settle: Expected['settle'] = () => {}
    const content = new Promise<Buffer | undefined>((resolve) => {
      settle = resolve
    })
    const expected = { key, sizeBytes, content, settle }
    this.#waiting.set(key, expected)
    this.#waitingBytes += sizeBytes
    return expected
  }

  /** Breaks off what is under way, be it the making of the connection: nobody waits for it any more. */
  abort(): void {
    this.#client?.abort()
    this.#turnOff()
  }

  /** Stops asking; what is under way comes to its end. */
  async close(): Promise<void> {
    this.#isOff = true
    this.#queue = []
    await this.#running
  }
}
