/** The kernel's clock for files, which ticks every few milliseconds. */
import type { FileStat } from '../platform/files.js'

/** Two ticks of the slowest usual kernel clock. */
const CLOCK_TICK_MS = 20

/**
 * Waits, for a file changed just now, until another change would show in its time.
 * @returns whether it had to wait: the file may have changed meanwhile
 */
export function outlastTick({ mtimeNs }: FileStat): boolean {
  if (Date.now() - Number(mtimeNs) / 1e6 > CLOCK_TICK_MS) return false
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CLOCK_TICK_MS)
  return true
}
