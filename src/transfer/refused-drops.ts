/**
 * Drops that were refused for want of copies, to be tried again by `drop --retry` when more
 * repositories can be reached: `annex/annexe/refused-drops`, lines `UUID KEY` with the repository that
 * was to lose its copy.
 */
import type { Bytes } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import { NotedLines } from '../store/noted-lines.js'

/** A drop that is still to be done. */
export interface RefusedDrop {
  readonly from: Uuid
  readonly keyText: Bytes
}

export class RefusedDrops {
  readonly #notes: NotedLines

  /** @param annexDir absolute path of the annex directory */
  constructor(annexDir: Bytes) {
    this.#notes = new NotedLines(annexDir, 'refused-drops')
  }

  /** In the order in which they were refused; lines that mean nothing are forgotten. */
  list(): RefusedDrop[] {
    const drops: RefusedDrop[] = []
    for (const line of [...this.#notes.lines]) {
      const space = line.indexOf(' ')
      const [from, keyText] = [line.slice(0, Math.max(0, space)), line.slice(space + 1)]
      if (from !== '' && parseKey(keyText)) drops.push({ from, keyText })
      else this.#notes.delete(line)
    }
    return drops
  }

  remember({ from, keyText }: RefusedDrop): void {
    this.#notes.add(`${from} ${keyText}`)
  }

  /** It has been done, or is not wanted any more. */
  forget({ from, keyText }: RefusedDrop): void {
    this.#notes.delete(`${from} ${keyText}`)
  }

  /** Writes what was forgotten. */
  save(): void {
    this.#notes.save()
  }
}
