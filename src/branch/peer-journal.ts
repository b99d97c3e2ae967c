/**
 * git-annex's own journal: one file for each changed branch file, holding its whole new content.
 * `journal/` is public; `journal-private/` holds what concerns private repositories and is never
 * committed. Implements spec: the git-annex branch, sections 5, 6.1 and 7.
 */

import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { journalFileName, journalFilePath } from '../model/logs/branch-paths.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs, shareFile } from '../platform/make-dirs.js'

export class PeerJournal {
  readonly #dir: Bytes
  #names: ReadonlySet<Bytes> | undefined

  /** @param kind which of the two journals of an annex directory */
  constructor(annexDir: Bytes, kind: 'journal' | 'journal-private') {
    this.#dir = `${annexDir}/${kind}`
  }

  /** Lists the directory now; else it is listed at the first question. */
  load(): this {
    this.#list()
    return this
  }

  /** Names of its files. Directories and special files are left alone. */
  #list(): ReadonlySet<Bytes> {
    this.#names ??= new Set(
      files
        .listDir(this.#dir)
        .filter(({ isFile }) => isFile)
        .map(({ name }) => name),
    )
    return this.#names
  }

  /** The branch paths that it holds. */
  paths(): Bytes[] {
    return [...this.#list()].map(journalFilePath)
  }

  /**
   * Reads the content for a path; undefined when there is none. What follows the last LF is the rest
   * of an interrupted append and does not count.
   */
  read(path: Bytes): Bytes | undefined {
    const raw = this.readRaw(path)
    return raw?.slice(0, raw.lastIndexOf('\n') + 1)
  }

  /** The whole content, which is what a commit takes. */
  readRaw(path: Bytes): Bytes | undefined {
    const names = this.#list()
    if (names.size === 0) return undefined
    const name = journalFileName(path)
    return names.has(name) ? files.readFile(`${this.#dir}/${name}`)?.toString('latin1') : undefined
  }

  /** Writes a file; the journal must be locked. */
  write(path: Bytes, content: Bytes): void {
    makeAnnexDirs(this.#dir)
    const temp = `${parentDir(this.#dir)}/annexe/${process.pid}.journal-tmp`
    makeAnnexDirs(`${parentDir(this.#dir)}/annexe`)
    files.writeFile(temp, Buffer.from(content, 'latin1'))
    shareFile(temp)
    files.rename(temp, `${this.#dir}/${journalFileName(path)}`)
    this.#names = undefined
  }

  /** Removes the files of paths that are committed; the journal must be locked. */
  remove(paths: Iterable<Bytes>): void {
    for (const path of paths) files.remove(`${this.#dir}/${journalFileName(path)}`)
    this.#names = undefined
  }
}
