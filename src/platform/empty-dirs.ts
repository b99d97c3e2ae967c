/**
 * Directories that hold next to nothing, asked for one file after the other by name: one look at the
 * directory answers for a moment. Who acts on the answer must be able to do with a stale one.
 */
import type { Bytes } from '../model/bytes.js'
import * as files from './files.js'

/** How long an answer counts. */
const LASTS_MS = 100

interface Look {
  readonly isEmpty: boolean
  readonly untilMs: number
}

const looks = new Map<Bytes, Look>()

/**
 * Whether a directory was empty, or not there, a moment ago. What this process has put there itself
 * counts at once, if it said so with {@link noteEntry}.
 * @param dir absolute path
 */
export function wasEmpty(dir: Bytes): boolean {
  const nowMs = performance.now()
  let look = looks.get(dir)
  if (!look || look.untilMs < nowMs) {
    look = { isEmpty: files.listDir(dir).length === 0, untilMs: nowMs + LASTS_MS }
    looks.set(dir, look)
  }
  return look.isEmpty
}

/** Tells that something was put into a directory. */
export function noteEntry(dir: Bytes): void {
  looks.delete(dir)
}
