/**
 * A note of the keys whose content this process is putting in place or taking away, so that the next
 * command can finish what a killed one has begun: the object, the location log, the work tree and the
 * index change one after the other.
 *
 *     annex/annexe/unfinished/HOST-PID-START-N    +KEY NUL … -KEY NUL … fINODECACHE:PATH NUL …
 *
 * A key is noted before its first change, as coming (+) or going (-); a work tree file when it is in
 * place, to be known again without reading it. The note goes when everything is recorded.
 */
import { parentDir } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { isDiskFull } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { makeDirsIn, shareFile } from '../platform/make-dirs.js'
import { isAbandoned, processTag } from '../platform/process.js'

/** Files are noted together: for those of the last moment, the next command reads the content. */
const MOST_PENDING = 64

export class UnfinishedKeys {
  readonly #annexDir: Bytes
  #open: { readonly fd: number; readonly path: Bytes } | undefined
  #last: Bytes | undefined
  #placed: Bytes[] = []

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.#annexDir = annexDir
  }

  /** Notes that the content of a key, or a file with it, is about to come. @param keyText serialized */
  noteComing(keyText: Bytes): void {
    this.#note(`+${keyText}\0`)
  }

  /** Notes that the content of a key is about to be removed, with a proof that it may. */
  noteGoing(keyText: Bytes): void {
    this.#note(`-${keyText}\0`)
  }

  /** Notes a work tree file of a key noted before. @param text what {@link Abandoned} gives back */
  notePlaced(text: Bytes): void {
    this.#placed.push(`f${text}\0`)
    if (this.#placed.length >= MOST_PENDING) this.#append(this.#placed.splice(0).join(''))
  }

  /** Everything that was noted is finished and recorded. */
  done(): void {
    this.#placed = []
    this.#last = undefined
    if (!this.#open) return
    files.close(this.#open.fd)
    files.remove(this.#open.path)
    this.#open = undefined
  }

  #note(record: Bytes): void {
    if (record === this.#last) return
    this.#append(record)
    this.#last = record
  }

  #append(text: Bytes): void {
    try {
      this.#open ??= openNote(this.#annexDir)
      files.writeFully(this.#open.fd, Buffer.from(text, 'latin1'))
    } catch (error) {
      // A full disk is when people drop contents: better without a note than not at all.
      if (!isDiskFull(error)) throw error
    }
  }
}

let counter = 0

/** One process can have several repositories open, and one repository twice. */
function openNote(annexDir: Bytes): { fd: number; path: Bytes } {
  const dir = noteDir(annexDir)
  makeDirsIn(parentDir(annexDir), dir)
  counter++
  const path = `${dir}/${processTag()}-${counter}`
  const fd = files.open(path, 'ax')
  shareFile(path)
  return { fd, path }
}

function noteDir(annexDir: Bytes): Bytes {
  return `${annexDir}/annexe/unfinished`
}

/** What killed processes have left. */
export interface Abandoned {
  /** Serialized keys whose content came or went. */
  readonly keyTexts: ReadonlySet<Bytes>
  /** Those of them that were to go. */
  readonly going: ReadonlySet<Bytes>
  /** Texts of {@link UnfinishedKeys.notePlaced}. */
  readonly placed: ReadonlySet<Bytes>
  /** Absolute paths of the notes, to be removed when all is finished. */
  readonly notes: readonly Bytes[]
}

/**
 * Reads the notes of processes that are gone. One directory read when there are none. Two commands
 * may take the same ones: to finish twice does no harm.
 * @returns undefined when there are none
 */
export function findAbandoned(annexDir: Bytes): Abandoned | undefined {
  const dir = noteDir(annexDir)
  const notes = files
    .listDir(dir)
    .filter(({ name }) => isAbandoned(dir, name))
    .map(({ name }) => `${dir}/${name}`)
  if (notes.length === 0) return undefined
  const keyTexts = new Set<Bytes>()
  const going = new Set<Bytes>()
  const placed = new Set<Bytes>()
  for (const record of notes.flatMap(readRecords)) {
    const text = record.slice(1)
    if (record.startsWith('f')) placed.add(text)
    // After a crash of the system there can be anything.
    if (!/^[+-]/.test(record) || !parseKey(text)) continue
    keyTexts.add(text)
    if (record.startsWith('-')) going.add(text)
  }
  return { keyTexts, going, placed, notes }
}

/** The whole records of a note: the last may have been cut short. */
function readRecords(note: Bytes): Bytes[] {
  return (files.readFile(note)?.toString('latin1') ?? '').split('\0').slice(0, -1)
}
