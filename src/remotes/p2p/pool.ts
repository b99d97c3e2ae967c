/**
 * The connections to one remote: started when they are needed, kept for the next request, as many as
 * there are requests at once.
 */
import { isAnnexError } from '../../model/errors.js'
import type { P2pClient } from './client.js'

/** How long a server may take to record what it has done. */
const CLOSE_MS = 60_000

export class ConnectionPool {
  readonly #open: () => Promise<P2pClient>
  readonly #idle: P2pClient[] = []
  #first: Promise<unknown> | undefined

  /** @param open starts a connection */
  constructor(open: () => Promise<P2pClient>) {
    this.#open = open
  }

  /**
   * Takes a connection out; it comes back with {@link ConnectionPool.putBack}. While the first one is
   * being opened the others wait: a password is asked for once, and they may share what it makes.
   */
  async take(): Promise<P2pClient> {
    const idle = this.#idle.pop()
    if (idle) return idle
    if (!this.#first) {
      const first = this.#open()
      this.#first = first.catch(() => {
        this.#first = undefined
      })
      return await first
    }
    await this.#first
    return this.#idle.pop() ?? (await this.#open())
  }

  putBack(client: P2pClient): void {
    if (client.isSound) this.#idle.push(client)
    else client.abort()
  }

  /**
   * Runs a request. When a connection that was used before turns out to be lost, once more over a new
   * one.
   * @param signal aborted when the connection was broken off on purpose
   */
  async use<T>(
    request: (client: P2pClient) => Promise<T>,
    signal?: AbortSignal | undefined,
  ): Promise<T> {
    const hadIdle = this.#idle.length > 0
    try {
      return await this.#run(request)
    } catch (error) {
      const isLost = isAnnexError(error, 'REMOTE_UNAVAILABLE') && /^Lost/.test(error.message)
      if (!hadIdle || !isLost || signal?.aborted) throw error
      for (const client of this.#idle.splice(0)) client.abort()
      return await this.#run(request)
    }
  }

  async #run<T>(request: (client: P2pClient) => Promise<T>): Promise<T> {
    const client = await this.take()
    try {
      return await request(client)
    } finally {
      this.putBack(client)
    }
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((client) => client.close(CLOSE_MS)))
  }
}
