/**
 * Sending small contents before they are to be stored: a content does not wait for the way there and
 * back, because those behind it are known and go out with it.
 *
 * What was sent ahead and is then not asked for is one copy more than is recorded here; the other side
 * has recorded it. Nothing here fails but the connection: what could not be sent ahead is sent when it is
 * its turn.
 */
import { type Bytes, bytesToBuffer } from '../../model/bytes.js'
import type { P2pClient } from './client.js'
import type { P2pConnection } from './connection.js'
import type { ConnectionPool } from './pool.js'
import {
  type Expected,
  type Outgoing,
  presenceQuestions,
  putInTurn,
  putWhole,
  type Sent,
  supportsWhole,
  takePresence,
} from './put-many.js'

/** So far ahead of those who take what has come of them. */
const MAX_WAITING = 256
/** What goes out at once. */
const BATCH = 64
const BATCH_BYTES = 1 << 20
/** A server that says no so often, such as one whose disk is full, will go on with it. */
const MAX_REFUSED = 8

/** One content, and what comes of it. */
class Sending implements Expected {
  readonly key: Bytes
  readonly sizeBytes: number
  /** Whether somebody waits for it who need not look for it any more. */
  isTaken = false
  readonly #content: Outgoing
  #outcome: { readonly sent: Sent } | undefined
  #wake: ((sent: Sent) => void) | undefined

  constructor(content: Outgoing) {
    this.key = content.key
    this.sizeBytes = content.sizeBytes
    this.#content = content
  }

  get isSettled(): boolean {
    return this.#outcome !== undefined
  }

  get isRefused(): boolean {
    return this.#outcome !== undefined && this.#outcome.sent === undefined
  }

  readInto(buffer: Buffer): boolean {
    return this.#content.readInto(buffer)
  }

  settle(sent: Sent): void {
    this.#outcome ??= { sent }
    this.#wake?.(this.#outcome.sent)
  }

  /** Waits for what has come of it; for one caller. */
  async outcome(): Promise<Sent> {
    this.isTaken = true
    if (this.#outcome) return this.#outcome.sent
    return await new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

export class SendAhead {
  readonly #pool: ConnectionPool
  /** Not sent yet, in order. */
  readonly #queue = new Map<Bytes, Sending>()
  /** Sent, or on the way, and not taken yet. */
  readonly #waiting = new Map<Bytes, Sending>()
  /** Those on the way. */
  #unsettled: Sending[] = []
  #client: P2pClient | undefined
  #running: Promise<void> | undefined
  #takesWhole: boolean | undefined
  #refused = 0
  #isOff = false
  /** Why there was no connection, until somebody has been told. */
  #failure: { readonly error: unknown } | undefined

  constructor(pool: ConnectionPool) {
    this.#pool = pool
  }

  /** Tells which contents will be stored, in this order, after those told before. */
  expect(contents: Iterable<Outgoing>): void {
    if (this.#isOff) return
    for (const content of contents)
      if (!this.#waiting.has(content.key) && !this.#queue.has(content.key))
        this.#queue.set(content.key, new Sending(content))
    this.#start()
  }

  /**
   * Takes what has come of a content.
   * @returns undefined when it must be stored in the ordinary way
   * @throws what the connection failed with, once: who is out of reach is not to be waited for twice
   */
  async take(key: Bytes): Promise<Sent> {
    const sending = this.#waiting.get(key) ?? this.#hurry(key)
    if (!sending) return undefined
    this.#waiting.delete(key)
    const outcome = sending.outcome()
    this.#start()
    const sent = await outcome
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure.error
    return sent
  }

  /** One whose turn has come before it was sent: what is before it is not going to be asked for. */
  #hurry(key: Bytes): Sending | undefined {
    const sending = this.#queue.get(key)
    if (!sending || this.#isOff) return undefined
    this.#waiting.clear()
    for (const [queued, { isTaken }] of this.#queue) {
      if (queued === key) break
      if (!isTaken) this.#queue.delete(queued)
    }
    return sending
  }

  #start(): void {
    const room = MAX_WAITING - this.#waiting.size
    const isWorthIt = this.#queue.size > 0 && room >= Math.min(BATCH, this.#queue.size)
    if (!isWorthIt || this.#running || this.#isOff) return
    this.#running = this.#run()
      // Whoever stores one of them will see what is wrong.
      .catch(() => this.#turnOff())
      .finally(() => {
        this.#running = undefined
        this.#start()
      })
  }

  #turnOff(): void {
    this.#dropQueue()
    for (const sending of this.#unsettled) sending.settle(undefined)
  }

  /** Sends nothing more but what is on the way. */
  #dropQueue(): void {
    this.#isOff = true
    for (const sending of this.#queue.values()) sending.settle(undefined)
    this.#queue.clear()
  }

  async #run(): Promise<void> {
    const client = await this.#connect()
    this.#client = client
    try {
      // So old a server cannot be told whether the data is right.
      if (client.version === 0) this.#turnOff()
      else if (!this.#isOff) await client.exchange((connection) => this.#converse(connection))
    } finally {
      this.#client = undefined
      this.#pool.putBack(client)
    }
  }

  async #connect(): Promise<P2pClient> {
    try {
      return await this.#pool.take()
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  /** Sends one batch after the other; the questions about the next go out behind each. */
  async #converse(connection: P2pConnection): Promise<void> {
    this.#takesWhole ??= await supportsWhole(connection)
    let batch = this.#nextBatch()
    await connection.sendBytes(bytesToBuffer(presenceQuestions(batch)))
    while (batch.length > 0) {
      const absent = await takePresence(connection, batch)
      if (!this.#takesWhole) await putInTurn(connection, absent)
      const next = this.#nextBatch()
      const questions = presenceQuestions(next)
      if (this.#takesWhole) await putWhole(connection, absent, questions)
      else await connection.sendBytes(bytesToBuffer(questions))
      this.#countRefused(batch)
      batch = next
    }
  }

  #countRefused(batch: readonly Sending[]): void {
    this.#refused += batch.filter(({ isRefused }) => isRefused).length
    if (this.#refused >= MAX_REFUSED) this.#dropQueue()
  }

  #nextBatch(): Sending[] {
    const batch: Sending[] = []
    let bytes = 0
    for (const [key, sending] of this.#queue) {
      if (batch.length === BATCH || bytes > BATCH_BYTES) break
      if (!sending.isTaken && this.#waiting.size >= MAX_WAITING) break
      this.#queue.delete(key)
      if (!sending.isTaken) this.#waiting.set(key, sending)
      bytes += sending.sizeBytes
      batch.push(sending)
    }
    this.#unsettled = [...this.#unsettled.filter(({ isSettled }) => !isSettled), ...batch]
    return batch
  }

  /** Breaks off what is under way, be it the making of the connection: nobody waits for it any more. */
  abort(): void {
    this.#client?.abort()
    this.#turnOff()
  }

  /** Stops sending; what is under way comes to its end. */
  async close(): Promise<void> {
    this.#dropQueue()
    await this.#running
  }
}
