/**
 * A small set of lines in a file below `annex/annexe/`: what this repository is to remember until it is
 * done. A line is noted at once, so that it survives whatever comes next; what is done is taken out all
 * together in the end. Changes are made under a lock, so that programs at once lose nothing.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isDiskFull } from '../model/errors.js'
import { isReadOnly, waitForLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeDirsIn, shareFile } from '../platform/make-dirs.js'

const LF = 10

export class NotedLines {
  readonly #annexDir: Bytes
  readonly #path: Bytes
  readonly #gone = new Set<Bytes>()
  #lines: Set<Bytes> | undefined

  /**
   * @param annexDir absolute path of the annex directory, which may not exist yet
   * @param name of the file
   */
  constructor(annexDir: Bytes, name: string) {
    this.#annexDir = annexDir
    this.#path = `${annexDir}/annexe/${name}`
  }

  /** The lines as they were when first asked for, and what was changed since, in order. */
  get lines(): ReadonlySet<Bytes> {
    this.#lines ??= this.#read()
    return this.#lines
  }

  /** Notes a line, without line feed. */
  add(line: Bytes): void {
    this.#gone.delete(line)
    if (this.lines.has(line)) return
    this.#lines!.add(line)
    this.#locked(() => {
      // What a crash has cut short is not to run into the new line.
      const start = (files.readFile(this.#path)?.at(-1) ?? LF) === LF ? '' : '\n'
      files.appendFile(this.#path, Buffer.from(`${start}${line}\n`, 'latin1'))
      shareFile(this.#path)
    })
  }

  /** Takes a line out, in the file once {@link save} is called. */
  delete(line: Bytes): void {
    if (this.lines.has(line) && this.#lines!.delete(line)) this.#gone.add(line)
  }

  /** Writes what was taken out, if it can be: a line too many is one that was done before. */
  save(): void {
    if (this.#gone.size === 0) return
    try {
      this.#saveGone()
    } catch (error) {
      if (!isDiskFull(error) && !isReadOnly(error)) throw error
    }
  }

  #saveGone(): void {
    this.#locked(() => {
      const rest = [...this.#read()].filter((line) => !this.#gone.has(line))
      if (rest.length === 0) files.remove(this.#path)
      else files.replaceFile(this.#path, Buffer.from(`${rest.join('\n')}\n`, 'latin1'))
    })
    this.#gone.clear()
  }

  /** A line cut short by a crash is none. */
  #read(): Set<Bytes> {
    const text = files.readFile(this.#path)?.toString('latin1') ?? ''
    return new Set(text.split('\n').slice(0, -1).filter(Boolean))
  }

  #locked(work: () => void): void {
    makeDirsIn(parentDir(this.#annexDir), parentDir(this.#path))
    const lock = waitForLock(`${this.#path}.lck`, 'exclusive')
    try {
      work()
    } finally {
      lock.release()
    }
  }
}
