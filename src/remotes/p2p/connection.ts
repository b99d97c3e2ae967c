/**
 * The client's end of one P2P connection: messages and raw data over a stream of bytes.
 * Implements spec: transfer, section 4.1.
 */
import { bytesToBuffer, bytesToText } from '../../model/bytes.js'
import { AnnexError } from '../../model/errors.js'
import { sleep } from '../../platform/sleep.js'
import { FrameBuffer } from './frames.js'
import {
  formatMessage,
  type MessageName,
  type P2pMessage,
  type P2pMessageOf,
  parseMessage,
} from './messages.js'

/** Where the bytes of a connection come from and go to, such as a child process. */
export interface ByteStream {
  /** Waits for bytes; undefined at the end. */
  read(): Promise<Buffer | undefined>
  /** Waits for bytes and puts them into a buffer; 0 at the end. Absent where they come as they come. */
  readInto?(buffer: Buffer): Promise<number>
  /** Sends bytes, which stay as they are until this resolves. */
  write(bytes: Uint8Array): Promise<void>
  closeInput(): void
  kill(): void
  /** Resolves when the other end is gone. */
  readonly exited: Promise<number>
}

/** Takes raw data. */
export interface ByteTaker {
  /** @param bytes valid during the call only */
  write(bytes: Buffer): void
  /** Lends the place where it wants the next bytes to be, not empty; to be followed by a write of them. */
  nextBuffer?(): Buffer | undefined
  /** Milliseconds to wait before the next bytes; asked after each write. */
  waitMs?(): number
}

const SHOWN_CHARACTERS = 200

export class P2pConnection {
  readonly #stream: ByteStream
  readonly #name: string
  readonly #frames = new FrameBuffer()
  #isOpen = true

  /** @param name of the remote, for messages */
  constructor(stream: ByteStream, name: string) {
    this.#stream = stream
    this.#name = name
    void stream.exited.then(() => {
      this.#isOpen = false
    })
  }

  /** False once the other end is known to be gone. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** @throws AnnexError REMOTE_UNAVAILABLE; with the other side's last words, if it had any */
  async send(...messages: readonly P2pMessage[]): Promise<void> {
    await this.sendBytes(bytesToBuffer(messages.map(formatMessage).join('')))
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    try {
      await this.#stream.write(bytes)
    } catch (error) {
      // Who refuses what we send says so, ends the session, and does not read on.
      const last = await this.receive()
      throw last.name === 'ERROR' ? this.refused(last.text) : this.#lost(error)
    }
  }

  /**
   * Sends bytes whose answers are being waited for already. A failure shows when those do not come.
   */
  async post(bytes: Uint8Array): Promise<void> {
    await this.#stream.write(bytes).catch(() => {})
  }

  /** The next message. @throws AnnexError REMOTE_UNAVAILABLE, PROTOCOL */
  async receive(): Promise<P2pMessage> {
    let line = this.#frames.takeLine()
    while (line === undefined) {
      await this.#fill()
      line = this.#frames.takeLine()
    }
    const message = parseMessage(line)
    if (message) return message
    const shown = bytesToText(line.slice(0, SHOWN_CHARACTERS))
    throw this.#garbled(`cannot be understood: "${shown}"`)
  }

  /**
   * The next message, which must be one of these.
   * @throws AnnexError REMOTE_UNAVAILABLE for `ERROR` and at the end, PROTOCOL for anything else
   */
  async expect<N extends MessageName>(...names: readonly N[]): Promise<P2pMessageOf<N>> {
    const message = await this.receive()
    if (names.some((name) => name === message.name)) return message as P2pMessageOf<N>
    if (message.name === 'ERROR') throw this.refused(message.text)
    throw this.#garbled(`is ${message.name} where ${names.join(' or ')} was expected`)
  }

  /** Takes raw data, piece by piece, no faster than the taker wants. */
  async receiveBytes(length: number, taker: ByteTaker): Promise<void> {
    for (let left = length; left > 0; ) {
      const bytes = await this.#nextBytes(left, taker)
      taker.write(bytes)
      left -= bytes.length
      const waitMs = taker.waitMs?.() ?? 0
      if (waitMs > 0) await sleep(waitMs)
    }
  }

  /** What came with the last message first, then what comes, where the taker wants it. */
  async #nextBytes(limit: number, taker: ByteTaker): Promise<Buffer> {
    if (this.#frames.length > 0) return this.#frames.takeBytes(limit)
    const buffer = this.#stream.readInto && taker.nextBuffer?.()
    if (!buffer) {
      await this.#fill()
      return this.#frames.takeBytes(limit)
    }
    const place = buffer.subarray(0, limit)
    const count = await this.#stream.readInto!(place)
    if (count === 0) throw this.#lost()
    return place.subarray(0, count)
  }

  async #fill(): Promise<void> {
    const chunk = await this.#stream.read()
    if (chunk === undefined) throw this.#lost()
    this.#frames.push(chunk)
  }

  #lost(cause?: unknown): AnnexError {
    return new AnnexError('REMOTE_UNAVAILABLE', `Lost connection to ${this.#name}`, { cause })
  }

  #garbled(what: string): AnnexError {
    return new AnnexError('PROTOCOL', `What git-annex-shell at ${this.#name} says ${what}`, {
      hint: 'A start-up file of the shell there that prints something would cause this, too',
    })
  }

  /** The other side said no. @param text its words */
  refused(text: string): AnnexError {
    return new AnnexError('REMOTE_UNAVAILABLE', `${this.#name}: ${bytesToText(text)}`)
  }

  /** Ends the session; waits until the other side has finished its work, for some time. */
  async close(timeoutMs: number): Promise<void> {
    this.#stream.closeInput()
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([this.#stream.exited, patience])
    clearTimeout(timer)
    // Also when it has ended by itself: the pipe is still open here.
    this.#stream.kill()
  }

  /** Ends the session at once: what is under way there breaks off. */
  abort(): void {
    this.#stream.closeInput()
    this.#stream.kill()
  }
}
