/**
 * The server's end of one P2P connection: messages and raw data over a channel.
 * Implements spec: transfer, section 4.1.
 */
import type { Bytes } from '../../model/bytes.js'
import { AnnexError } from '../../model/errors.js'
import type { FilePart } from '../../platform/send-file.js'
import { FrameBuffer } from './frames.js'
import {
  formatMessage,
  type MessageName,
  type P2pMessage,
  type P2pMessageOf,
  parseMessage,
} from './messages.js'

/** Where a session's bytes come from and go to. */
export interface ServerChannel {
  /**
   * Waits for bytes; undefined at the end. They are valid until the next call.
   * @param expectedBytes how many are known to come
   */
  receive(expectedBytes: number): Buffer | undefined
  /** The same, while others go on; nothing else is called until it resolves but send and flush. */
  receiveLater(): Promise<Buffer | undefined>
  /** Takes bytes to be sent, perhaps not before {@link ServerChannel.flush}. */
  send(bytes: Uint8Array): void
  /** Sends what was taken. */
  flush(): void
  /** Sends a part of a file as it is. @returns how much of it; 0 when it must be read and sent */
  sendFile?(part: FilePart): number
}

/** Nothing that follows can be understood, or the client has said so. */
export class SessionOver extends Error {}

export class ServerConnection {
  readonly #channel: ServerChannel
  readonly #frames = new FrameBuffer()
  #reading: Promise<void> | undefined

  constructor(channel: ServerChannel) {
    this.#channel = channel
  }

  /**
   * The next message.
   * @returns undefined when the line is none
   * @throws SessionOver; AnnexError PROTOCOL when the line is too long, and when content follows that
   *   would be taken for commands
   */
  next(): P2pMessage | undefined {
    let line = this.#frames.takeLine()
    while (line === undefined) {
      this.#fill()
      line = this.#frames.takeLine()
    }
    return understand(line)
  }

  /** Whether bytes are waited for; only what ends in `Later` may be called then. */
  get isReading(): boolean {
    return this.#reading !== undefined
  }

  /** The same as {@link next}, while others go on. */
  async nextLater(): Promise<P2pMessage | undefined> {
    let line = this.#frames.takeLine()
    while (line === undefined) {
      await this.#fillLater()
      line = this.#frames.takeLine()
    }
    return understand(line)
  }

  /** Takes raw data, piece by piece, while others go on. */
  async takeLater(length: number, write: (bytes: Buffer) => Promise<void>): Promise<void> {
    for (let left = length; left > 0; ) {
      if (this.#frames.length === 0) await this.#fillLater()
      const bytes = this.#frames.takeBytes(left)
      await write(bytes)
      left -= bytes.length
    }
  }

  /** Fails when the client goes away while it has nothing to say. @throws SessionOver */
  async untilGone(): Promise<never> {
    if (this.#frames.length === 0) await this.#fillLater()
    return await new Promise<never>(() => {})
  }

  /** Waits for bytes; all who wait are told together. @throws SessionOver */
  #fillLater(): Promise<void> {
    this.#channel.flush()
    this.#reading ??= this.#readLater()
    return this.#reading
  }

  async #readLater(): Promise<void> {
    const chunk = await this.#channel.receiveLater()
    if (chunk === undefined) throw new SessionOver()
    this.#reading = undefined
    this.#frames.push(chunk)
  }

  #fill(expectedBytes = 0): void {
    this.#channel.flush()
    const chunk = this.#channel.receive(expectedBytes)
    if (chunk === undefined) throw new SessionOver()
    this.#frames.push(chunk)
  }

  /** The next message, which must be one of these; otherwise says what was expected. */
  expect<N extends MessageName>(...names: readonly N[]): P2pMessageOf<N> | undefined {
    const message = this.next()
    if (message && names.some((name) => name === message.name)) return message as P2pMessageOf<N>
    this.refuse(`expected ${names.join(' or ')}`)
    return undefined
  }

  /** Takes raw data, piece by piece. @param write is given bytes that are valid during the call */
  take(length: number, write: (bytes: Buffer) => void): void {
    for (let left = length; left > 0; ) {
      if (this.#frames.length === 0) this.#fill(left)
      const bytes = this.#frames.takeBytes(left)
      write(bytes)
      left -= bytes.length
    }
  }

  send(message: P2pMessage): void {
    this.#channel.send(Buffer.from(formatMessage(message), 'latin1'))
  }

  sendBytes(bytes: Uint8Array): void {
    this.#channel.send(bytes)
  }

  /** Sends a part of a file as it is. @returns how much of it; 0 when it must be read and sent */
  sendFile(part: FilePart): number {
    return this.#channel.sendFile?.(part) ?? 0
  }

  refuse(text: string): void {
    this.send({ name: 'ERROR', text })
  }

  answer(isSuccess: boolean): void {
    this.send({ name: isSuccess ? 'SUCCESS' : 'FAILURE' })
  }

  flush(): void {
    this.#channel.flush()
  }
}

function understand(line: Bytes): P2pMessage | undefined {
  const message = parseMessage(line)
  if (!message && line.startsWith('PUT-WHOLE'))
    throw new AnnexError('PROTOCOL', 'it is not clear how many bytes follow')
  // It is not clear what state the client is in: there is nothing to go on with.
  if (message?.name === 'ERROR') throw new SessionOver()
  return message
}
