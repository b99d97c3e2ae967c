/** A remote that keeps contents in memory, and can be made to misbehave. */
import { writeFileSync } from 'node:fs'
import { bytesToPath } from '../../src/model/bytes.js'
import type { DropProof } from '../../src/model/drop-proof.js'
import { AnnexError } from '../../src/model/errors.js'
import type { OnProgress, Received, Remote, RemoteLock } from '../../src/remotes/remote.js'

/** What it does instead of what it should. */
export type Misbehaviour = 'unreachable' | 'broken disk' | 'no locks' | 'lying' | 'loses locks'

export class MemoryRemote implements Remote {
  readonly type = 'memory'
  readonly isReadOnly = false
  readonly isIgnored: boolean = false
  readonly name: string
  readonly uuid: string
  readonly cost: number
  readonly contents = new Map<string, Buffer>()
  /** What was asked, in order. */
  readonly asked: string[] = []
  /** Locks that are held now. */
  heldLocks = 0
  misbehaviour: Misbehaviour | undefined
  /** When its locks end. */
  expiresMs: number | undefined
  /** Says that it has checked what it hands over. */
  saysVerified = false

  constructor(name: string, { uuid = `uuid-${name}`, cost = 100 } = {}) {
    this.name = name
    this.uuid = uuid
    this.cost = cost
  }

  async checkPresent(keyText: string): Promise<boolean> {
    this.#ask('checkPresent')
    return this.contents.has(keyText) || this.misbehaviour === 'lying'
  }

  async retrieve(keyText: string, destination: string, onProgress: OnProgress): Promise<Received> {
    this.#ask('retrieve')
    const content = this.contents.get(keyText)
    if (!content) throw new AnnexError('CONTENT_MISSING', 'it is not here')
    writeFileSync(bytesToPath(destination), content)
    onProgress(content.length)
    return { verified: this.saysVerified }
  }

  async store(keyText: string): Promise<void> {
    this.#ask('store')
    this.contents.set(keyText, Buffer.alloc(0))
  }

  async remove(keyText: string, _proof: DropProof): Promise<void> {
    this.#ask('remove')
    this.contents.delete(keyText)
  }

  async lockContent(keyText: string): Promise<RemoteLock | undefined> {
    this.#ask('lockContent')
    const losesLocks = this.misbehaviour === 'loses locks'
    if (!this.contents.has(keyText) || (this.misbehaviour && !losesLocks)) return undefined
    this.heldLocks++
    const release = async () => {
      this.heldLocks--
    }
    const isHeld = () => !losesLocks
    return { release, isHeld, ...(this.expiresMs !== undefined && { expiresMs: this.expiresMs }) }
  }

  async close(): Promise<void> {}

  #ask(question: string): void {
    this.asked.push(question)
    if (this.misbehaviour === 'unreachable')
      throw new AnnexError('REMOTE_UNAVAILABLE', `Cannot reach ${this.name}`)
    if (this.misbehaviour === 'broken disk')
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' })
  }
}

/** One that has no way to lock content. */
export class LocklessRemote extends MemoryRemote {
  override lockContent = undefined as never
}
