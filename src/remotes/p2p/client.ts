/**
 * The side of the P2P protocol that asks: one request after the other over one connection.
 * Implements spec: transfer, sections 4.3 and 4.4.
 */
import { type Bytes, bytesToBuffer } from '../../model/bytes.js'
import type { DropProof } from '../../model/drop-proof.js'
import { AnnexError } from '../../model/errors.js'
import type { Uuid } from '../../model/uuid.js'
import { sleep } from '../../platform/sleep.js'
import type { OnProgress } from '../remote.js'
import { type ByteStream, type ByteTaker, P2pConnection } from './connection.js'
import { formatMessage, P2P_VERSION, type P2pMessage } from './messages.js'

/** Whom a client expects at the other end. */
export interface Expected {
  /** For messages. */
  readonly name: string
  readonly uuid: Uuid
}

/** Takes content that arrives. */
export interface Sink extends ByteTaker {
  /** Where the content is to go on from. */
  readonly doneBytes: number
  /** What may come at most, as far as is known. */
  readonly missingBytes: number | undefined
}

/** Content to be sent. */
export interface Source {
  readonly sizeBytes: number
  /** The next bytes from an offset; valid until the next but one call. */
  read(offset: number): Buffer
  isUnchanged(): boolean
}

/** What the sender says of the content: `unknown` from one too old to say anything. */
export type Validity = 'valid' | 'invalid' | 'unknown' | 'absent'

/** What has come of a `PUT`: the uuids are further repositories that have the content now. */
export interface Stored {
  readonly alsoAt: readonly Uuid[]
}

const MS_PER_SECOND = 1000

export class P2pClient {
  readonly #connection: P2pConnection
  #version: number
  #isSound = true
  /** Broken off: bytes that still come may look like an answer. */
  #isOver = false

  private constructor(connection: P2pConnection, version: number) {
    this.#connection = connection
    this.#version = version
  }

  /**
   * Begins a session with a server that lets us in unasked, as over ssh.
   * @throws AnnexError REMOTE_UNAVAILABLE, PROTOCOL; the stream is closed then
   */
  static async start(stream: ByteStream, { name, uuid }: Expected): Promise<P2pClient> {
    const connection = new P2pConnection(stream, name)
    try {
      // Both at once: the answer to the second comes with the greeting.
      await connection.send({ name: 'VERSION', number: P2P_VERSION })
      const greeting = await connection.expect('AUTH-SUCCESS')
      if (greeting.uuid !== uuid)
        throw new AnnexError(
          'REMOTE_UNAVAILABLE',
          `Cannot use ${name}: there is another repository now (${greeting.uuid})`,
        )
      const answer = await connection.receive()
      // A server that does not know the question is as old as can be.
      const version = answer.name === 'VERSION' ? Math.min(answer.number, P2P_VERSION) : 0
      return new P2pClient(connection, version)
    } catch (error) {
      connection.abort()
      throw error
    }
  }

  get version(): number {
    return this.#version
  }

  /** False once the server is known to be gone, and with it what it has locked for us. */
  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  /** Whether the last exchange came to its end, so that another one may begin. */
  get isSound(): boolean {
    return this.#isSound && !this.#isOver
  }

  /** One exchange; the connection is sound again when it comes to its end. */
  async exchange<T>(work: (connection: P2pConnection) => Promise<T>): Promise<T> {
    this.#isSound = false
    const result = await work(this.#connection)
    this.#isSound = true
    return result
  }

  /** Sends a request. @returns the answer, which may be `ERROR` */
  #ask(...messages: readonly P2pMessage[]): Promise<P2pMessage> {
    return this.exchange(async (connection) => {
      await connection.send(...messages)
      return await connection.receive()
    })
  }

  /** @throws AnnexError REMOTE_UNAVAILABLE for `ERROR`, PROTOCOL for what is no yes or no */
  #verdict(answer: P2pMessage): boolean {
    if (answer.name === 'SUCCESS' || answer.name === 'SUCCESS-PLUS') return true
    if (answer.name === 'FAILURE' || answer.name === 'FAILURE-PLUS') return false
    if (answer.name === 'ERROR') throw this.#connection.refused(answer.text)
    this.#isSound = false
    throw new AnnexError('PROTOCOL', `The server answered ${answer.name} to a yes-or-no question`)
  }

  async checkPresent(key: Bytes): Promise<boolean> {
    return this.#verdict(await this.#ask({ name: 'CHECKPRESENT', key }))
  }

  /** Has content locked; nothing but {@link P2pClient.unlock} may follow success. */
  async lock(key: Bytes): Promise<boolean> {
    return this.#verdict(await this.#ask({ name: 'LOCKCONTENT', key }))
  }

  /** There is no answer to it. */
  async unlock(): Promise<void> {
    await this.exchange((connection) => connection.send({ name: 'UNLOCKCONTENT' }))
  }

  /**
   * Has content removed, before the locks behind the proof may be gone.
   * @returns false when the server could not, or the time has passed there
   * @throws AnnexError CONTENT_LOCKED when it has passed here
   */
  async remove(key: Bytes, { expiresMs }: DropProof): Promise<boolean> {
    if (expiresMs === undefined) return this.#verdict(await this.#ask({ name: 'REMOVE', key }))
    if (this.#version < 3) {
      refuseLate(expiresMs - Date.now())
      return this.#verdict(await this.#ask({ name: 'REMOVE', key }))
    }
    const clock = await this.#ask({ name: 'GETTIMESTAMP' })
    if (clock.name !== 'TIMESTAMP') return this.#verdict(clock)
    const leftMs = expiresMs - Date.now()
    refuseLate(leftMs)
    const number = clock.number + Math.floor(leftMs / MS_PER_SECOND)
    return this.#verdict(await this.#ask({ name: 'REMOVE-BEFORE', number, key }))
  }

  /**
   * Fetches content from where the sink stands.
   * @returns what the sender says of it
   */
  async get(key: Bytes, sink: Sink): Promise<Validity> {
    return await this.exchange(async (connection) => {
      await connection.send({ name: 'GET', offset: sink.doneBytes, file: '', key })
      const { length } = await connection.expect('DATA')
      const { missingBytes } = sink
      if (missingBytes !== undefined && length > missingBytes)
        throw new AnnexError(
          'PROTOCOL',
          `${length} bytes were sent where ${missingBytes} are missing`,
        )
      await connection.receiveBytes(length, sink)
      const validity = await this.#validity(connection)
      // Advice only; that a sound content came to us is for our own log to tell.
      await connection.send({ name: validity === 'invalid' ? 'FAILURE' : 'SUCCESS' })
      return length === 0 && validity !== 'valid' && missingBytes !== 0 ? 'absent' : validity
    })
  }

  /** Asks for several whole contents at once; as many calls of {@link P2pClient.nextAhead} take them. */
  async askAhead(keys: readonly Bytes[]): Promise<void> {
    this.#isSound = false
    const ends = { name: 'SUCCESS' } as const
    const asks = keys.map((key) => ({ name: 'GET', offset: 0, file: '', key }) as const)
    const lines = asks.flatMap((ask) => [ask, ends]).map(formatMessage)
    await this.#connection.post(bytesToBuffer(lines.join('')))
  }

  /**
   * The next content that was asked for.
   * @returns undefined when it is not there, or the server does not vouch for it
   */
  async nextAhead(sizeBytes: number): Promise<Buffer | undefined> {
    const { length } = await this.#connection.expect('DATA')
    if (length > sizeBytes)
      throw new AnnexError('PROTOCOL', `${length} bytes were sent where ${sizeBytes} are missing`)
    const content = Buffer.allocUnsafeSlow(length)
    let done = 0
    await this.#connection.receiveBytes(length, {
      write(bytes) {
        done += bytes.copy(content, done)
      },
    })
    return (await this.#validity(this.#connection)) === 'valid' ? content : undefined
  }

  /** All that was asked for has come: other requests may follow. */
  endAhead(): void {
    this.#isSound = true
  }

  async #validity(connection: P2pConnection): Promise<Validity> {
    if (this.#version === 0) return 'unknown'
    const { name } = await connection.expect('VALID', 'INVALID')
    return name === 'VALID' ? 'valid' : 'invalid'
  }

  /**
   * Sends content, from where the server's copy of it ends.
   * @param onProgress called with the bytes that are there, from the start of the content
   * @returns undefined when the server could not store it: what came there was not right
   * @throws AnnexError REMOTE_UNAVAILABLE when it refuses
   */
  async put(key: Bytes, source: Source, onProgress: OnProgress): Promise<Stored | undefined> {
    const answer = await this.#ask({ name: 'PUT', file: '', key })
    if (answer.name === 'ALREADY-HAVE') return { alsoAt: [] }
    if (answer.name === 'ALREADY-HAVE-PLUS') return { alsoAt: answer.uuids }
    if (answer.name !== 'PUT-FROM') return this.#verdict(answer) ? { alsoAt: [] } : undefined
    const { offset } = answer
    const verdict = await this.exchange(async (connection) => {
      await this.#sendContent(connection, source, { offset, onProgress })
      return await connection.receive()
    })
    if (!this.#verdict(verdict)) return undefined
    return { alsoAt: verdict.name === 'SUCCESS-PLUS' ? verdict.uuids : [] }
  }

  async #sendContent(
    connection: P2pConnection,
    source: Source,
    { offset, onProgress }: { offset: number; onProgress: OnProgress },
  ): Promise<void> {
    const length = Math.max(source.sizeBytes - offset, 0)
    await connection.send({ name: 'DATA', length })
    for (let done = offset; done < offset + length; ) {
      const bytes = source.read(done)
      if (bytes.length === 0) throw new AnnexError('FILE_CHANGED', 'the content was cut short')
      await connection.sendBytes(bytes)
      done += bytes.length
      onProgress(done)
      const waitMs = onProgress.waitMs?.() ?? 0
      if (waitMs > 0) await sleep(waitMs)
    }
    if (this.#version > 0)
      await connection.send({ name: source.isUnchanged() ? 'VALID' : 'INVALID' })
  }

  /** Ends the session; the server commits what it has recorded. */
  async close(timeoutMs: number): Promise<void> {
    await this.#connection.close(timeoutMs)
  }

  abort(): void {
    this.#isOver = true
    this.#connection.abort()
  }
}

function refuseLate(leftMs: number): void {
  if (leftMs > 0) return
  throw new AnnexError('CONTENT_LOCKED', 'Dropping took too long, and locks may have expired.')
}
