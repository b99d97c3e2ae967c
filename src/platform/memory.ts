/**
 * Keeping the memory of long commands near what they need: left to itself, the engine lets garbage
 * grow to several times of that before it collects (10,000 files: 156 MB instead of 100).
 */
import { bun } from './runtime.js'

/** Below this a collection gains nothing: most of it is the program itself. */
const FIRST_LIMIT_BYTES = 80e6
/** So much may come after a collection before the next one, and at least this part of what was left. */
const GROWTH_BYTES = 8e6
const GROWTH_PART = 0.08

/** So many items may make garbage before somebody looks. */
const ITEMS_PER_LOOK = 128

let limitBytes = FIRST_LIMIT_BYTES
let items = 0

/**
 * To be called for each content that is taken in or sent: looks at every 128th. Commands that only list
 * do without: they end sooner than a collection pays.
 */
export function limitMemory(): void {
  if (++items % ITEMS_PER_LOOK === 0) limitMemoryNow()
}

/** Collects garbage when much has grown since the last time; else it costs 20 µs. */
export function limitMemoryNow(): void {
  if (!bun || process.memoryUsage.rss() < limitBytes) return
  bun.gc(true)
  const leftBytes = process.memoryUsage.rss()
  limitBytes = Math.max(FIRST_LIMIT_BYTES, leftBytes + GROWTH_BYTES, leftBytes * (1 + GROWTH_PART))
}
