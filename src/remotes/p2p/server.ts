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
import type { FilePart } from '../../platform/send-file.js'
import { FrameBuffer } from './frames.js'
import {
  formatMessage,
  type MessageName,
  P2P_VERSION,
  type P2pMessage,
  type P2pMessageOf,
  parseMessage,
} from './messages.js'
import type { OpenContent, ServedContent, ServerMode } from './served-content.js'

/** Where a session's bytes come from and go to. */
export interface ServerChannel {
  /** Waits for bytes; undefined at the end. They are valid until the next call. */
  receive(): Buffer | undefined
  /** Takes bytes to be sent, perhaps not before {@link ServerChannel.flush}. */
  send(bytes: Uint8Array): void
  /** Sends what was taken. */
  flush(): void
  /** Sends a part of a file as it is. @returns how much of it; 0 when it must be read and sent */
  sendFile?(part: FilePart): number
}

export interface ServeOptions {
  /** Of the repository that is served. */
  readonly uuid: Uuid
  readonly mode: ServerMode
  /** Tells our own side why something was refused. */
  readonly explain: (reason: string) => void
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

/** Nothing that follows can be understood, or the client has said so. */
class SessionOver extends Error {}

class Session {
  readonly #channel: ServerChannel
  readonly #content: ServedContent
  readonly #options: ServeOptions
  readonly #frames = new FrameBuffer()
  #version = 0
  #piece: Buffer | undefined

  constructor(channel: ServerChannel, content: ServedContent, options: ServeOptions) {
    this.#channel = channel
    this.#content = content
    this.#options = options
  }

  async run(): Promise<void> {
    this.#send({ name: 'AUTH-SUCCESS', uuid: this.#options.uuid })
    try {
      for (let message = this.#next(); ; message = this.#next()) {
        if (message === undefined) this.#refuse('unknown command')
        else await this.#serve(message)
      }
    } catch (error) {
      if (isAnnexError(error, 'PROTOCOL')) this.#refuse(error.message)
      else if (!(error instanceof SessionOver)) throw error
    } finally {
      this.#channel.flush()
    }
  }

  /** The next message; undefined when the line is none. @throws SessionOver */
  #next(): P2pMessage | undefined {
    let line = this.#frames.takeLine()
    while (line === undefined) {
      this.#fill()
      line = this.#frames.takeLine()
    }
    const message = parseMessage(line)
    // It is not clear what state the client is in: there is nothing to go on with.
    if (message?.name === 'ERROR') throw new SessionOver()
    return message
  }

  #fill(): void {
    this.#channel.flush()
    const chunk = this.#channel.receive()
    if (chunk === undefined) throw new SessionOver()
    this.#frames.push(chunk)
  }

  /** The next message, which must be one of these; otherwise says what was expected. */
  #expect<N extends MessageName>(...names: readonly N[]): P2pMessageOf<N> | undefined {
    const message = this.#next()
    if (message && names.some((name) => name === message.name)) return message as P2pMessageOf<N>
    this.#refuse(`expected ${names.join(' or ')}`)
    return undefined
  }

  #send(message: P2pMessage): void {
    this.#channel.send(Buffer.from(formatMessage(message), 'latin1'))
  }

  #refuse(text: string): void {
    this.#send({ name: 'ERROR', text })
  }

  #answer(isSuccess: boolean): void {
    this.#send({ name: isSuccess ? 'SUCCESS' : 'FAILURE' })
  }

  async #serve(message: P2pMessage): Promise<void> {
    switch (message.name) {
      case 'VERSION':
        this.#version = Math.min(message.number, P2P_VERSION)
        return this.#send({ name: 'VERSION', number: this.#version })
      case 'BYPASS':
        return
      case 'CHECKPRESENT':
        return this.#checkPresent(message)
      case 'LOCKCONTENT':
        return this.#lock(message)
      case 'GETTIMESTAMP':
        return this.#send({ name: 'TIMESTAMP', number: this.#content.clockSeconds() })
      case 'REMOVE':
      case 'REMOVE-BEFORE':
        return await this.#remove(message)
      case 'GET':
        return this.#get(message)
      case 'PUT':
        return await this.#put(message)
      case 'CONNECT':
      case 'NOTIFYCHANGE':
        this.#refuse(`${message.name} is not served over this connection`)
        throw new SessionOver()
      default:
        return this.#refuse('unexpected command')
    }
  }

  /**
   * Of content that is going it is not said that it is here: who was refused a lock on it asks this next,
   * and would drop the last other copy. The oldest clients know no answer but yes and no.
   */
  #checkPresent({ key }: P2pMessageOf<'CHECKPRESENT'>): void {
    const isPresent = this.#content.isPresent(key)
    const isGoing = isPresent && this.#isGoing(key)
    if (isGoing && this.#version >= KNOWS_ERRORS) this.#refuse(GOING)
    else this.#answer(isPresent && !isGoing)
  }

  #isGoing(key: Bytes): boolean {
    return this.#attempt(() => this.#content.isBeingRemoved(key)) ?? true
  }

  #lock({ key }: P2pMessageOf<'LOCKCONTENT'>): void {
    const lock = this.#attempt(() => this.#content.lock(key))
    this.#answer(lock !== undefined)
    if (!lock) return
    let isUnlocked = false
    try {
      isUnlocked = this.#expect('UNLOCKCONTENT') !== undefined
    } finally {
      // Who went away without a word may still count on it.
      lock.release({ isUnlocked })
    }
  }

  async #remove(message: P2pMessageOf<'REMOVE' | 'REMOVE-BEFORE'>): Promise<void> {
    const { mode } = this.#options
    if (mode !== 'full') return this.#refuse(mode === 'read-only' ? READ_ONLY : APPEND_ONLY)
    if (message.name === 'REMOVE-BEFORE' && this.#content.clockSeconds() > message.number)
      return this.#answer(false)
    await this.#content.prepare(message.key)
    this.#answer(this.#attempt(() => this.#content.remove(message.key)) ?? false)
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
      this.#send({ name: 'DATA', length })
      if (content) this.#sendPieces(content, offset, length)
      if (this.#version > 0) this.#send({ name: content?.isUnchanged() ? 'VALID' : 'INVALID' })
    } finally {
      content?.close()
    }
    // What the client made of it is its own business.
    this.#expect('SUCCESS', 'FAILURE')
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
      this.#channel.send(piece.subarray(0, count || piece.length))
      done += count || piece.length
    }
  }

  /** @returns 0 when it must be read and sent */
  #sendFile(fd: number | undefined, offset: number, length: number): number {
    if (fd === undefined || length < FILE_BYTES) return 0
    return this.#channel.sendFile?.({ fd, offset, length }) ?? 0
  }

  async #put({ key, file }: P2pMessageOf<'PUT'>): Promise<void> {
    if (this.#options.mode === 'read-only') return this.#refuse(READ_ONLY)
    if (this.#content.isPresent(key))
      return this.#isGoing(key) ? this.#refuse(GOING) : this.#send({ name: 'ALREADY-HAVE' })
    await this.#content.prepare(key)
    let incoming: ReturnType<ServedContent['receive']>
    try {
      incoming = this.#content.receive(key, file)
    } catch (error) {
      return this.#refuse(errorMessage(error))
    }
    try {
      this.#send({ name: 'PUT-FROM', offset: incoming.doneBytes })
      const isPresent =
        this.#version >= 4 ? this.#expect('DATA', 'DATA-PRESENT') : this.#expect('DATA')
      if (isPresent?.name === 'DATA-PRESENT') this.#answer(this.#content.isPresent(key))
      else if (isPresent) this.#receive(isPresent.length, incoming)
    } finally {
      incoming.close()
    }
  }

  #receive(length: number, incoming: ReturnType<ServedContent['receive']>): void {
    const { missingBytes } = incoming
    if (missingBytes !== undefined && length > missingBytes)
      throw new AnnexError('PROTOCOL', `expected DATA of at most ${missingBytes} bytes`)
    for (let left = length; left > 0; ) {
      if (this.#frames.length === 0) this.#fill()
      const bytes = this.#frames.takeBytes(left)
      this.#receiveBytes(incoming, bytes)
      left -= bytes.length
    }
    const isValid = this.#version > 0 && this.#expect('VALID', 'INVALID')?.name === 'VALID'
    // A question for the offset only: there is nothing to verify, and what is there may go on.
    const isQuestion = length === 0 && !isValid && missingBytes !== 0
    const stored = isQuestion
      ? undefined
      : this.#attempt(() => {
          incoming.finish({ mustVerify: !isValid })
          return true
        })
    this.#answer(stored ?? false)
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
