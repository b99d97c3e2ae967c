/**
 * `annex.pidlock`: one file `annex/pidlock`, made by hard link, stands for all locks of a repository, for
 * file systems that have none. It tells the pid and the host of its owner, and is taken over when that
 * process is gone; a lock in /dev/shm keeps processes of this host from doing so at once. All names and
 * texts are git-annex's, so that both programs keep each other out. Not for use but by file-lock.ts.
 * Implements spec: numcopies, section 9.
 */
import { hostname } from 'node:os'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { startDigest } from '../model/digest.js'
import { AnnexError, isErrno } from '../model/errors.js'
import * as files from './files.js'
import { isProcessAlive } from './process.js'
import { sleepSync } from './sleep.js'

/** The lock beside the file, of a kind that ends with the process. */
export interface SideLock {
  release(): void
}

/** Takes a lock on a file in memory; undefined when somebody has it. */
export type TakeSideLock = (path: Bytes) => SideLock | undefined

const POLL_MS = 50
const SHORT_NAME_CHARS = 32

let counter = 0

/** The pid lock of one repository, held as long as this process holds any lock there. */
export class PidLock {
  readonly #path: Bytes
  readonly #timeoutSeconds: number
  readonly #takeSideLock: TakeSideLock
  #holders = 0
  #side: SideLock | undefined

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes, timeoutSeconds: number, takeSideLock: TakeSideLock) {
    this.#path = `${annexDir}/pidlock`
    this.#timeoutSeconds = timeoutSeconds
    this.#takeSideLock = takeSideLock
  }

  /**
   * Becomes a holder.
   * @returns false when another process has it; that is told at once unless `waits`
   * @throws AnnexError LOCK_UNAVAILABLE when waiting took too long
   */
  acquire(waits: boolean): boolean {
    const endMs = performance.now() + this.#timeoutSeconds * 1000
    while (this.#holders === 0 && !this.#isParents() && !this.#take()) {
      if (!waits) return false
      if (performance.now() > endMs) throw this.#giveUp()
      sleepSync(POLL_MS)
    }
    this.#holders++
    return true
  }

  /** The last holder removes the file. */
  release(): void {
    this.#holders--
    if (this.#holders > 0 || !this.#side) return
    files.remove(this.#sidePath())
    files.remove(this.#path)
    this.#side.release()
    this.#side = undefined
    delete process.env[this.#variable()]
  }

  /** A git-annex that holds it tells the programs that it starts. */
  #isParents(): boolean {
    return this.#side === undefined && process.env[this.#variable()] === '1'
  }

  #take(): boolean {
    const side = this.#takeSideLock(this.#sidePath())
    if (!side) return false
    if (!this.#makeFile()) {
      files.remove(this.#sidePath())
      side.release()
      return false
    }
    this.#side = side
    process.env[this.#variable()] = '1'
    return true
  }

  #makeFile(): boolean {
    const temp = `${this.#path.slice(0, -'pidlock'.length)}locktmp${process.pid}-${counter++}`
    files.writeFile(temp, `PidLock {lockingPid = ${process.pid}, lockingHost = "${hostname()}"}`)
    files.chmod(temp, 0o444)
    try {
      files.hardLink(temp, this.#path)
      return true
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
      if (!this.#isStale()) return false
      files.rename(temp, this.#path)
      return true
    } finally {
      files.remove(temp)
    }
  }

  /** Its owner was on this host, where nobody else can come in between: we have the side lock. */
  #isStale(): boolean {
    const owner = this.#owner()
    return owner !== undefined && owner.host === hostname() && !isProcessAlive(owner.pid)
  }

  #owner(): { pid: number; host: string } | undefined {
    const text = files.readFile(this.#path)?.toString('utf8') ?? ''
    const match = /^PidLock \{lockingPid = (\d+), lockingHost = "(.*)"\}$/.exec(text.trim())
    return match ? { pid: Number(match[1]), host: match[2]! } : undefined
  }

  #giveUp(): AnnexError {
    const owner = this.#owner()
    return new AnnexError(
      'LOCK_UNAVAILABLE',
      `Gave up waiting for pid lock file ${bytesToText(this.#path)}`,
      owner && {
        hint: `Process ${owner.pid} on ${owner.host} has it; remove the file if that is long gone`,
      },
    )
  }

  /** In memory: `MD5` and the end of the path, or the path alone when it is short. */
  #sidePath(): Bytes {
    const base = this.#absolute().slice(1).replaceAll('/', '_')
    const end = base.slice(-SHORT_NAME_CHARS)
    const digest = end === base ? '' : startDigest('md5').update(bytesToText(base)).digest('hex')
    return `${files.exists('/dev/shm') ? '/dev/shm' : '/tmp'}/${digest}${end}.lck`
  }

  #variable(): string {
    return `PIDLOCK_${this.#absolute().replace(/[^A-Za-z0-9]/g, '')}`
  }

  #absolute(): Bytes {
    const dir = this.#path.slice(0, this.#path.lastIndexOf('/'))
    return `${files.realPath(dir) ?? dir}${bytesFromText('/pidlock')}`
  }
}
