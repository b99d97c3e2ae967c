/**
 * The side of the P2P protocol that is asked: a machine of lines over a channel and a repository, both
 * handed in. Whatever a client sends, the answer is a reply, one ERROR line, or the end of the session.
 *
 * Synchronous but for what a hash function needs to be loaded: a server has one client.
 * Implements spec: transfer, sections 4.3 and 4.4.
 */
import type { Bytes } from '../../model/bytes.js'
import { AnnexError, errorMessage, isAnnexError } from '../../model/errors.js'
import type { Uuid } from '../../model/uuid.js'
import type { ByteStream } from './connection.js'
import { P2P_VERSION, type P2pMessage, type P2pMessageOf } from './messages.js'
import { type GitService, isGitService, relayService } from './relay-service.js'
import type { OpenContent, ReceivedContent, ServedContent, ServerMode } from './served-content.js'
import { type ServerChannel, ServerConnection, SessionOver } from './server-connection.js'

export interface ServeOptions {
  /** Of the repository that is served. */
  readonly uuid: Uuid
  readonly mode: ServerMode
  /** Tells our own side why something was refused. */
  readonly explain: (reason: string) => void
  /** Starts a service on the repository. @throws AnnexError when that is forbidden */
  readonly startService: (service: GitService) => ByteStream
  /** Waits until refs have changed since it was last asked. @returns the objects they are at */
  readonly refChanges: () => Promise<readonly Bytes[]>
}

const READ_ONLY = 'this repository is read-only; write access denied'
const APPEND_ONLY = 'this repository is append-only; removal denied'
const GOING = 'the content is being removed'
/** Since this version clients take `ERROR` for an answer to a question. */
const KNOWS_ERRORS = 2
/** Content is sent in pieces of this size. */
const PIECE_BYTES = 1 << 18
/** From here on it pays to send a file without reading it. */
const FILE_BYTES = 4 << 20

/**
 * Serves one client who needs no further authentication, until it ends the session.
 * @throws what the channel throws, such as EPIPE
 */
export async function serveP2p(
  channel: ServerChannel,
  content: ServedContent,
  options: ServeOptions,
): Promise<void> {
  await new Session(channel, content, options).run()
}

type Put = P2pMessageOf<'PUT' | 'PUT-WHOLE'>

class Session {
  readonly #client: ServerConnection
  readonly #content: ServedContent
  readonly #options: ServeOptions
  #version = 0
  #piece: Buffer | undefined

  constructor(channel: ServerChannel, content: ServedContent, options: ServeOptions) {
    this.#client = new ServerConnection(channel)
    this.#content = content
    this.#options = options
  }

  async run(): Promise<void> {
    this.#client.send({ name: 'AUTH-SUCCESS', uuid: this.#options.uuid })
    try {
      for (;;) {
        const message = this.#client.isReading
          ? await this.#client.nextLater()
          : this.#client.next()
        if (message === undefined) this.#client.refuse('unknown command')
        else await this.#serve(message)
      }
    } catch (error) {
      if (isAnnexError(error, 'PROTOCOL')) this.#client.refuse(error.message)
      else if (!(error instanceof SessionOver)) throw error
    } finally {
      this.#client.flush()
    }
  }

  async #serve(message: P2pMessage): Promise<void> {
    switch (message.name) {
      case 'VERSION':
        this.#version = Math.min(message.number, P2P_VERSION)
        return this.#client.send({ name: 'VERSION', number: this.#version })
      case 'BYPASS':
        return
      case 'CHECKPRESENT':
        return this.#checkPresent(message)
      case 'LOCKCONTENT':
        return this.#lock(message)
      case 'GETTIMESTAMP':
        return this.#client.send({ name: 'TIMESTAMP', number: this.#content.clockSeconds() })
      case 'REMOVE':
      case 'REMOVE-BEFORE':
        return await this.#remove(message)
      case 'GET':
        return this.#get(message)
      case 'PUT':
        return await this.#put(message)
      case 'SUPPORTS':
        return this.#client.answer(message.feature === 'PUT-WHOLE')
      case 'PUT-WHOLE':
        return await this.#putWhole(message)
      case 'CONNECT':
        return await this.#connect(message)
      case 'NOTIFYCHANGE':
        return await this.#tellChanges()
      default:
        return this.#client.refuse('unexpected command')
    }
  }

  /** One of git's services; the session ends with it. */
  async #connect({ service }: P2pMessageOf<'CONNECT'>): Promise<void> {
    const { mode, startService } = this.#options
    if (!isGitService(service)) return this.#client.refuse('unknown command')
    if (service === 'git-receive-pack' && mode !== 'full') this.#client.refuse(READ_ONLY)
    else
      try {
        await relayService(this.#client, startService(service))
      } catch (error) {
        if (!isAnnexError(error)) throw error
        this.#client.refuse(errorMessage(error))
      }
    throw new SessionOver()
  }

  /** Waits for refs to change, as long as the client does. */
  async #tellChanges(): Promise<void> {
    this.#client.flush()
    const refs = await Promise.race([this.#options.refChanges(), this.#client.untilGone()])
    this.#client.send({ name: 'CHANGED', refs })
  }

  /**
   * Of content that is going it is not said that it is here: who was refused a lock on it asks this next,
   * and would drop the last other copy. The oldest clients know no answer but yes and no.
   */
  #checkPresent({ key }: P2pMessageOf<'CHECKPRESENT'>): void {
    const isPresent = this.#content.isPresent(key)
    const isGoing = isPresent && this.#isGoing(key)
    if (isGoing && this.#version >= KNOWS_ERRORS) this.#client.refuse(GOING)
    else this.#client.answer(isPresent && !isGoing)
  }

  #isGoing(key: Bytes): boolean {
    return this.#attempt(() => this.#content.isBeingRemoved(key)) ?? true
  }

  #lock({ key }: P2pMessageOf<'LOCKCONTENT'>): void {
    const lock = this.#attempt(() => this.#content.lock(key))
    this.#client.answer(lock !== undefined)
    if (!lock) return
    let isUnlocked = false
    try {
      isUnlocked = this.#client.expect('UNLOCKCONTENT') !== undefined
    } finally {
      // Who went away without a word may still count on it.
      lock.release({ isUnlocked })
    }
  }

  async #remove(message: P2pMessageOf<'REMOVE' | 'REMOVE-BEFORE'>): Promise<void> {
    const { mode } = this.#options
    if (mode !== 'full') return this.#client.refuse(mode === 'read-only' ? READ_ONLY : APPEND_ONLY)
    if (message.name === 'REMOVE-BEFORE' && this.#content.clockSeconds() > message.number)
      return this.#client.answer(false)
    await this.#content.prepare(message.key)
    this.#client.answer(this.#attempt(() => this.#content.remove(message.key)) ?? false)
  }

  /** Does something that may fail; why it did is for our own side. */
  #attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#options.explain(errorMessage(error))
      return undefined
    }
  }

  #get({ key, offset }: P2pMessageOf<'GET'>): void {
    const content = this.#attempt(() => this.#content.open(key))
    try {
      const length = content ? Math.max(content.sizeBytes - offset, 0) : 0
      this.#client.send({ name: 'DATA', length })
      if (content) this.#sendPieces(content, offset, length)
      if (this.#version > 0)
        this.#client.send({ name: content?.isUnchanged() ? 'VALID' : 'INVALID' })
    } finally {
      content?.close()
    }
    // What the client made of it is its own business.
    this.#client.expect('SUCCESS', 'FAILURE')
  }

  #sendPieces({ fd, read }: OpenContent, offset: number, length: number): void {
    this.#piece ??= Buffer.allocUnsafe(PIECE_BYTES)
    for (let done = 0; done < length; ) {
      const sent = this.#sendFile(fd, offset + done, length - done)
      done += sent
      if (sent > 0) continue
      const piece = this.#piece.subarray(0, Math.min(this.#piece.length, length - done))
      const count = read(piece, offset + done)
      // Cut short while we read it: what was promised must come, and is said to be wrong behind it.
      if (count === 0) piece.fill(0)
      this.#client.sendBytes(piece.subarray(0, count || piece.length))
      done += count || piece.length
    }
  }

  /** @returns 0 when it must be read and sent */
  #sendFile(fd: number | undefined, offset: number, length: number): number {
    if (fd === undefined || length < FILE_BYTES) return 0
    return this.#client.sendFile({ fd, offset, length })
  }

  async #put(message: P2pMessageOf<'PUT'>): Promise<void> {
    const incoming = await this.#begin(message)
    if (!incoming) return
    try {
      this.#client.send({ name: 'PUT-FROM', offset: incoming.doneBytes })
      const isPresent =
        this.#version >= 4
          ? this.#client.expect('DATA', 'DATA-PRESENT')
          : this.#client.expect('DATA')
      if (isPresent?.name === 'DATA-PRESENT')
        this.#client.answer(this.#content.isPresent(message.key))
      else if (isPresent) this.#receive(isPresent.length, incoming)
    } finally {
      incoming.close()
    }
  }

  /** Begins to receive content; answers when there is no need to, or it is refused. */
  async #begin(message: Put): Promise<ReceivedContent | undefined> {
    const { key, file } = message
    if (this.#options.mode === 'read-only') this.#client.refuse(READ_ONLY)
    else if (this.#content.isPresent(key)) {
      if (this.#isGoing(key)) this.#client.refuse(GOING)
      else this.#client.send({ name: 'ALREADY-HAVE' })
    } else {
      await this.#content.prepare(key)
      try {
        return this.#content.receive(key, file)
      } catch (error) {
        this.#client.refuse(errorMessage(error))
      }
    }
    return undefined
  }

  /** Whatever becomes of it, its bytes are taken: what is behind them is the next request. */
  async #putWhole(message: P2pMessageOf<'PUT-WHOLE'>): Promise<void> {
    const { length } = message
    const incoming = await this.#begin(message)
    if (!incoming) return this.#client.take(length, () => {})
    const isRight = incoming.doneBytes === 0 && incoming.missingBytes === length
    try {
      this.#client.take(length, (bytes) => isRight && this.#receiveBytes(incoming, bytes))
      this.#client.answer(isRight && this.#finish(incoming, { mustVerify: false }))
    } finally {
      incoming.close()
    }
  }

  #receive(length: number, incoming: ReceivedContent): void {
    const { missingBytes } = incoming
    if (missingBytes !== undefined && length > missingBytes)
      throw new AnnexError('PROTOCOL', `expected DATA of at most ${missingBytes} bytes`)
    this.#client.take(length, (bytes) => this.#receiveBytes(incoming, bytes))
    const isValid = this.#version > 0 && this.#client.expect('VALID', 'INVALID')?.name === 'VALID'
    // A question for the offset only: there is nothing to verify, and what is there may go on.
    const isQuestion = length === 0 && !isValid && missingBytes !== 0
    this.#client.answer(!isQuestion && this.#finish(incoming, { mustVerify: !isValid }))
  }

  #finish(incoming: ReceivedContent, options: { readonly mustVerify: boolean }): boolean {
    return this.#attempt(() => incoming.finish(options) ?? true) ?? false
  }

  /** The client is still sending when this fails: only the end of the session stops it. */
  #receiveBytes(incoming: { write(bytes: Uint8Array): void }, bytes: Buffer): void {
    try {
      incoming.write(bytes)
    } catch (error) {
      throw new AnnexError('PROTOCOL', errorMessage(error), { cause: error })
    }
  }
}
