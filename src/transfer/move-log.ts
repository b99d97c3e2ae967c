/**
 * The log of moves under way: `annex/move.log`, lines `SOURCE-UUID DESTINATION-UUID KEY`, guarded by
 * `annex/move.lck`; git-annex has the same.
 *
 * A move may remove the source without asking for numcopies when the destination had no copy before.
 * After an interruption it has one, made by the move itself: the log tells.
 * Implements spec: numcopies, section 6.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isDiskFull } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { waitForLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeDirsIn } from '../platform/make-dirs.js'
import { overwrite } from '../platform/overwrite.js'

/** Moves that were given up would pile up. */
const MOST_LINES = 100

/** One move of one content. */
export interface Move {
  readonly from: Uuid
  readonly to: Uuid
  readonly keyText: Bytes
}

export class MoveLog {
  readonly #annexDir: Bytes
  #atStart: ReadonlySet<Bytes> | undefined

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.#annexDir = annexDir
  }

  /**
   * Notes that a move begins.
   * @param had whether the destination has the content just now
   * @returns whether it had the content before the move was begun for the first time
   */
  begin(move: Move, had: boolean): boolean {
    const line = format(move)
    const lines = this.#read()
    if (had) return !lines.includes(line)
    if (!lines.includes(line)) this.#note(line)
    return false
  }

  /**
   * The source turns out to have no copy: a move that was killed after its last step has left its line,
   * which must not speak for another move. Costs next to nothing when the log is empty.
   */
  over(move: Move): void {
    this.#atStart ??= new Set(this.#read())
    if (this.#atStart.size > 0 && this.#atStart.has(format(move))) this.done(move)
  }

  /** The move is over: the source has no copy any more. */
  done(move: Move): void {
    const line = format(move)
    if (this.#read().includes(line)) this.#change((lines) => lines.filter((one) => one !== line))
  }

  /** A full disk is when people move contents away: without a note, a later move asks for numcopies. */
  #note(line: Bytes): void {
    try {
      this.#change((known) => [...known, line])
    } catch (error) {
      if (!isDiskFull(error)) throw error
    }
  }

  get #path(): Bytes {
    return `${this.#annexDir}/move.log`
  }

  #read(): Bytes[] {
    return linesOf(files.readFile(this.#path))
  }

  /**
   * Written in place: to replace the file would cost each content twice a millisecond and more. What a
   * crash in between leaves are lines too many, or ones that mean nothing.
   */
  #change(edit: (lines: readonly Bytes[]) => readonly Bytes[]): void {
    makeDirsIn(parentDir(this.#annexDir), this.#annexDir)
    const lock = waitForLock(`${this.#annexDir}/move.lck`, 'exclusive')
    const fd = files.open(this.#path, files.exists(this.#path) ? 'r+' : 'wx+')
    try {
      const before = files.readFile(this.#path) ?? Buffer.alloc(0)
      const lines = edit(linesOf(before)).slice(-MOST_LINES)
      const text = lines.map((line) => `${line}\n`).join('')
      overwrite(fd, Buffer.from(text, 'latin1'), before)
    } finally {
      files.close(fd)
      lock.release()
    }
  }
}

function linesOf(content: Buffer | undefined): Bytes[] {
  return content?.toString('latin1').split('\n').slice(0, -1) ?? []
}

function format({ from, to, keyText }: Move): Bytes {
  return `${from} ${to} ${keyText}`
}
