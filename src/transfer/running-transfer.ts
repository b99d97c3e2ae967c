/**
 * A transfer that goes on: it is locked against others of the same content, by us or by git-annex, and
 * noted where either program looks for it. Implements spec: transfer, section 5.
 */
import type { Bytes } from '../model/bytes.js'
import { AnnexError, isSystemError } from '../model/errors.js'
import { escapeKeyFile } from '../model/key.js'
import { noteEntry, wasEmpty } from '../platform/empty-dirs.js'
import { type FileLock, tryLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'
import { SHORT_BYTES } from '../remotes/remote.js'
import { formatNote, notePath, type TransferSubject } from './transfer-records.js'

/** Notes are renewed no more often than this, … */
const RENEW_MS = 200
/** … and not before this much is done since, where the size is unknown. */
const RENEW_BYTES = 100 << 10

/**
 * Whether a transfer is over in a blink, sooner than it could be locked. It is begun anew when it is interrupted,
 * and to make it twice does no harm.
 */
export function isBrief(totalBytes: number | undefined): boolean {
  return totalBytes !== undefined && totalBytes < SHORT_BYTES
}

export interface TransferOptions extends TransferSubject {
  /** The file it is for, relative to the top of the work tree. */
  readonly file: Bytes | undefined
  readonly totalBytes: number | undefined
}

export class RunningTransfer implements Disposable {
  readonly #annexDir: Bytes
  readonly #options: TransferOptions
  readonly #startMs = Date.now()
  /** None for a brief one. */
  readonly #locks: readonly FileLock[]
  #doneBytes: number | undefined
  #noted = { bytes: 0, ms: 0 }

  private constructor(annexDir: Bytes, options: TransferOptions, locks: readonly FileLock[]) {
    this.#annexDir = annexDir
    this.#options = options
    this.#locks = locks
  }

  /**
   * Begins a transfer. One that is over in a blink is neither locked nor noted.
   * @throws AnnexError CONTENT_LOCKED when somebody is at it already
   */
  static begin(annexDir: Bytes, options: TransferOptions): RunningTransfer {
    if (isBrief(options.totalBytes)) return new RunningTransfer(annexDir, options, [])
    const locks = lockTransfer(annexDir, options)
    try {
      const transfer = new RunningTransfer(annexDir, options, locks)
      transfer.#note('running')
      return transfer
    } catch (error) {
      releaseTransfer(locks)
      throw error
    }
  }

  /** Notes how far it is; cheap, so that it can be called for every piece. */
  progress(doneBytes: number): void {
    this.#doneBytes = doneBytes
    if (this.#locks.length === 0) return
    const { totalBytes } = this.#options
    const step = totalBytes === undefined ? RENEW_BYTES : totalBytes / 100
    if (doneBytes - this.#noted.bytes < step) return
    const nowMs = performance.now()
    if (nowMs - this.#noted.ms < RENEW_MS) return
    this.#noted = { bytes: doneBytes, ms: nowMs }
    this.#note('running')
  }

  /** Leaves a note, so that it can be tried again (`--failed`). */
  fail(): void {
    try {
      makeAnnexDirs(this.#dirOf('failed'))
      this.#note('failed')
      noteEntry(this.#dirOf('failed'))
    } catch (error) {
      // Whatever keeps us from noting it is the reason of the failure, too.
      if (!isSystemError(error)) throw error
    }
  }

  /**
   * Forgets an earlier failure. One that another process notes in this very moment may stay: whoever
   * takes it up finds the content here.
   */
  succeed(): void {
    if (wasEmpty(this.#dirOf('failed'))) return
    const note = notePath(this.#annexDir, this.#options, 'failed')
    // Nearly never there, and an error costs ten times the question.
    if (files.exists(note)) files.remove(note)
  }

  #dirOf(state: 'failed' | 'running'): Bytes {
    const path = notePath(this.#annexDir, this.#options, state)
    return path.slice(0, path.lastIndexOf('/'))
  }

  #note(state: 'running' | 'failed'): void {
    const { file } = this.#options
    const note = formatNote({ startMs: this.#startMs, doneBytes: this.#doneBytes, file })
    const path = notePath(this.#annexDir, this.#options, state)
    files.writeFile(path, Buffer.from(note, 'latin1'))
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    if (this.#locks.length === 0) return
    files.remove(notePath(this.#annexDir, this.#options, 'running'))
    releaseTransfer(this.#locks)
  }
}

/** Takes the locks of a transfer. @throws AnnexError CONTENT_LOCKED when somebody has them */
export function lockTransfer(annexDir: Bytes, subject: TransferSubject): readonly FileLock[] {
  const { direction, uuid, keyText } = subject
  const locks: FileLock[] = []
  const dirs = [`${annexDir}/transfer/${direction}/${uuid}`]
  // That of newer releases: one key is not downloaded from two places at once.
  if (direction === 'download') dirs.push(`${annexDir}/transfer/download/lck`)
  for (const dir of dirs) {
    makeAnnexDirs(dir)
    const lock = tryLock(`${dir}/lck.${escapeKeyFile(keyText)}`, 'exclusive')
    if (!lock) {
      releaseTransfer(locks)
      throw new AnnexError(
        'CONTENT_LOCKED',
        'transfer already in progress, or unable to take transfer lock',
      )
    }
    locks.push(lock)
  }
  return locks
}

/** Gives the locks of a transfer back. */
export function releaseTransfer(locks: readonly FileLock[]): void {
  for (const lock of locks) {
    files.remove(lock.path)
    lock.release()
  }
}

/**
 * Whether a transfer is going on now: its lock is held. What one that was killed has left is removed.
 */
export function isRunning(annexDir: Bytes, subject: TransferSubject): boolean {
  const { direction, uuid, keyText } = subject
  const path = `${annexDir}/transfer/${direction}/${uuid}/lck.${escapeKeyFile(keyText)}`
  if (!files.exists(path)) return false
  try {
    const lock = tryLock(path, 'exclusive')
    if (!lock) return true
    files.remove(notePath(annexDir, subject, 'running'))
    releaseTransfer([lock])
    return false
  } catch (error) {
    // Where nothing can be written, nobody transfers anything.
    if (!isSystemError(error)) throw error
    return false
  }
}
