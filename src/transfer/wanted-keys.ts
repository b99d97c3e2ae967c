/**
 * Contents that this repository wants, noted by `git annex want` and fetched by a later `get`:
 * `annex/annexe/wanted`, a key a line.
 */
import type { Bytes } from '../model/bytes.js'
import { NotedLines } from '../store/noted-lines.js'

export class WantedKeys {
  readonly #notes: NotedLines

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.#notes = new NotedLines(annexDir, 'wanted')
  }

  list(): readonly Bytes[] {
    return [...this.#notes.lines]
  }

  add(keyText: Bytes): void {
    this.#notes.add(keyText)
  }

  /** It is here, or is not wanted any more. */
  forget(keyText: Bytes): void {
    this.#notes.delete(keyText)
  }

  /** Writes what was forgotten. */
  save(): void {
    this.#notes.save()
  }
}
