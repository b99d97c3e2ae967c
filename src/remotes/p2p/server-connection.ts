/**
 * The server's end of one P2P connection: messages and raw data over a channel.
 * Implements spec: transfer, section 4.1.
 */
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
  /** Waits for bytes; undefined at the end. They are valid until the next call. */
  receive(): Buffer | undefined
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
    const message = parseMessage(line)
    if (!message && line.startsWith('PUT-WHOLE'))
      throw new AnnexError('PROTOCOL', 'it is not clear how many bytes follow')
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
  expect<N extends MessageName>(...names: readonly N[]): P2pMessageOf<N> | undefined {
    const message = this.next()
    if (message && names.some((name) => name === message.name)) return message as P2pMessageOf<N>
    this.refuse(`expected ${names.join(' or ')}`)
    return undefined
  }

  /** Takes raw data, piece by piece. @param write is given bytes that are valid during the call */
  take(length: number, write: (bytes: Buffer) => void): void {
    for (let left = length; left > 0; ) {
      if (this.#frames.length === 0) this.#fill()
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
