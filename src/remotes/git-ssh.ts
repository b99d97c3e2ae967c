/**
 * A git remote behind ssh: git-annex-shell there serves its contents over the P2P protocol.
 * Implements spec: transfer, sections 3 and 4.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import type { DropProof } from '../model/drop-proof.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import { DuplexProcess } from '../platform/duplex-process.js'
import { LongOutputProcess } from '../platform/long-output-process.js'
import { IncomingContent } from '../store/incoming.js'
import { prepareVerification } from '../store/verify.js'
import { GitRemote, type GitRemoteSettings } from './git-remote.js'
import { P2pClient } from './p2p/client.js'
import { FetchAhead } from './p2p/fetch-ahead.js'
import { FileSource, readWhole } from './p2p/file-source.js'
import { ConnectionPool } from './p2p/pool.js'
import type { Outgoing, Sent } from './p2p/put-many.js'
import { SendAhead } from './p2p/send-ahead.js'
import type { OnProgress, Pace, Received, Remote, RemoteLock, TakeShort } from './remote.js'
import { cipherOptions } from './ssh/cipher.js'
import { type SshAccess, sshArgv } from './ssh/command.js'
import { canTellPresence } from './ssh/inannex.js'
import type { SharedConnections } from './ssh/shared-connection.js'

/** How long a server keeps content for a client that it hears nothing from. */
const LOCK_MS = 10 * 60_000
/** For this much a fast cipher and large reads save more than the 10 ms that they take to set up. */
const MUCH_BYTES = 16 << 20

/** Of a content that comes without one. */
const DEFAULT_MODE = 0o644

export interface SshRemoteSettings extends GitRemoteSettings {
  /** False: received content is taken unchecked (annex-verify=false). */
  readonly verifies: boolean
  /** Our own uuid. */
  readonly ownUuid: Uuid
  readonly access: SshAccess
  readonly shared: SharedConnections
}

export class GitSshRemote extends GitRemote implements Remote {
  readonly resumes = true
  readonly #settings: SshRemoteSettings
  readonly #pool: ConnectionPool
  readonly #ahead: FetchAhead
  readonly #sentAhead: SendAhead
  /** How much will come, as far as is known. */
  #wantedBytes = 0
  /** How much will perhaps go there: it was asked for, or is being sent. */
  #askedBytes = 0

  constructor(settings: SshRemoteSettings) {
    super(settings)
    this.#settings = settings
    this.#pool = new ConnectionPool(() => this.#connect())
    this.#ahead = new FetchAhead(this.#pool)
    this.#sentAhead = new SendAhead(this.#pool)
  }

  async #connect(): Promise<P2pClient> {
    const { access, shared, ownUuid } = this.#settings
    const command = {
      name: 'p2pstdio',
      parameters: [ownUuid],
      words: ['--uuid', bytesFromText(this.uuid)],
      isReadOnly: false,
    }
    const { place } = access
    const isMuch = this.#askedBytes + this.#wantedBytes >= MUCH_BYTES
    const cipher = isMuch && !shared.isOpen(place) ? cipherOptions(access) : []
    const master = access.custom ? [] : shared.optionsFor(place)
    const argv = sshArgv(access, command, [...master, ...cipher])
    const long = this.#wantedBytes >= MUCH_BYTES ? LongOutputProcess.start(argv) : undefined
    return await P2pClient.start(long ?? DuplexProcess.start(argv), this)
  }

  expect(keyTexts: readonly Bytes[]): void {
    for (const keyText of keyTexts) this.#wantedBytes += sizeOf(keyText)
    this.#ahead.expect(keyTexts)
  }

  checkPresent(keyText: Bytes): Promise<boolean> {
    this.#askedBytes += sizeOf(keyText)
    return this.#pool.use((client) => client.checkPresent(keyText))
  }

  async retrieve(keyText: Bytes, destination: Bytes, onProgress: OnProgress): Promise<Received> {
    await prepareVerification(keyText)
    this.#wantedBytes += sizeOf(keyText)
    const { verifies } = this.#settings
    const ahead = await this.#takeAhead(keyText, onProgress.signal)
    if (ahead) {
      const incoming = new IncomingContent(keyText, destination, {
        resumes: false,
        checkHash: verifies,
      })
      incoming.write(ahead)
      onProgress(ahead.length)
      return { verified: incoming.finish() || !verifies }
    }
    return await this.#pool.use(async (client) => {
      const options = { resumes: true, checkHash: verifies }
      const incoming = new IncomingContent(keyText, destination, options)
      const isResumed = incoming.doneBytes > 0
      try {
        using _watch = abortOn(onProgress.signal, client)
        const validity = await client.get(keyText, {
          doneBytes: incoming.doneBytes,
          missingBytes: incoming.missingBytes,
          write(bytes) {
            incoming.write(bytes)
            onProgress(incoming.doneBytes)
          },
          nextBuffer: () => incoming.nextBuffer(),
          waitMs: () => onProgress.waitMs?.() ?? 0,
        })
        if (validity === 'absent')
          throw new AnnexError('CONTENT_MISSING', 'the remote does not have the content')
        // What nobody vouches for, or was joined, is looked at whatever the user trusts.
        const isProven = incoming.finish({ mustVerify: validity !== 'valid' || isResumed })
        return { verified: isProven || !verifies }
      } finally {
        incoming.close()
      }
    }, onProgress.signal)
  }

  async retrieveShort(keyText: Bytes, take: TakeShort, { signal }: Pace): Promise<boolean> {
    if (!this.#settings.verifies) return false
    const ahead = await this.#takeAhead(keyText, signal)
    return ahead !== undefined && take(ahead, DEFAULT_MODE)
  }

  async #takeAhead(keyText: Bytes, signal: AbortSignal | undefined): Promise<Buffer | undefined> {
    using _watch = abortOn(signal, this.#ahead)
    return await this.#ahead.take(keyText)
  }

  async store(keyText: Bytes, source: Bytes, onProgress: OnProgress): Promise<void> {
    this.refuseReadOnly()
    this.#askedBytes += sizeOf(keyText)
    await this.#pool.use(async (client) => {
      using content = new FileSource(source)
      using _watch = abortOn(onProgress.signal, client)
      // A beginning that does not fit is thrown away there when all has come: then once more.
      const stored =
        (await client.put(keyText, content, onProgress)) ??
        (content.isUnchanged() ? await client.put(keyText, content, onProgress) : undefined)
      if (!stored) throw new AnnexError('REMOTE_UNAVAILABLE', `${this.name} could not store it`)
    }, onProgress.signal)
  }

  expectStores(keyTexts: Iterable<Bytes>, locate: (keyText: Bytes) => Bytes | undefined): void {
    if (!this.isReadOnly) this.#sentAhead.expect(outgoing(keyTexts, locate))
  }

  async storedAhead(keyText: Bytes, { signal }: Pace): Promise<Sent> {
    using _watch = abortOn(signal, this.#sentAhead)
    return await this.#sentAhead.take(keyText)
  }

  async remove(keyText: Bytes, proof: DropProof): Promise<void> {
    this.refuseReadOnly()
    const isGone = await this.#pool.use((client) => client.remove(keyText, proof))
    if (!isGone) throw new AnnexError('CONTENT_LOCKED', `${this.name} could not remove the content`)
  }

  async lockContent(keyText: Bytes): Promise<RemoteLock | undefined> {
    // It stays in use until the content is unlocked: other requests get other connections.
    const client = await this.#pool.take()
    const expiresMs = Date.now() + LOCK_MS
    let isLocked = false
    try {
      isLocked = await client.lock(keyText)
    } finally {
      if (!isLocked) this.#pool.putBack(client)
    }
    if (!isLocked) {
      await this.#refuseGoing(keyText)
      return undefined
    }
    const release = async () => {
      try {
        await client.unlock()
      } catch (error) {
        // A server that is gone holds nothing any more.
        if (!isAnnexError(error, 'REMOTE_UNAVAILABLE')) throw error
      } finally {
        this.#pool.putBack(client)
      }
    }
    return { expiresMs, isHeld: () => client.isOpen, release }
  }

  /**
   * What could not be locked may be going just now, and a server of git-annex still says that it is
   * there: counted by two that ask each other, both copies would go. One where no lock can be made, for
   * want of the right to write, tells the difference on another way.
   * @throws AnnexError REMOTE_UNAVAILABLE
   */
  async #refuseGoing(keyText: Bytes): Promise<void> {
    if (!(await this.checkPresent(keyText))) return
    const { access, shared } = this.#settings
    const master = access.custom ? [] : shared.optionsFor(access.place)
    if (canTellPresence(access, { keyText, uuid: this.uuid, master })) return
    throw new AnnexError('REMOTE_UNAVAILABLE', `${this.name} is removing the content just now`)
  }

  /** The servers record what they have done when their sessions end; then the connection may go. */
  async close(): Promise<void> {
    await this.#ahead.close()
    await this.#sentAhead.close()
    await this.#pool.close()
  }
}

function* outgoing(
  keyTexts: Iterable<Bytes>,
  locate: (keyText: Bytes) => Bytes | undefined,
): Iterable<Outgoing> {
  for (const key of keyTexts) {
    const size = parseKey(key)?.sizeBytes
    const readInto = (buffer: Buffer) => {
      const path = locate(key)
      return path !== undefined && readWhole(path, buffer)
    }
    if (size !== undefined) yield { key, sizeBytes: Number(size), readInto }
  }
}

function sizeOf(keyText: Bytes): number {
  return Number(parseKey(keyText)?.sizeBytes ?? 0)
}

/** Breaks a transfer off when it is told to: what waits for the server then finds it gone. */
function abortOn(signal: AbortSignal | undefined, work: { abort(): void }): Disposable {
  const abort = () => work.abort()
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort)
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', abort) }
}
