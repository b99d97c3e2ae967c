/**
 * Keeping the memory of long commands near what they need: left to itself, the engine lets garbage
 * grow to several times of that before it collects (10,000 files: 156 MB instead of 110).
 */
import { bun } from './runtime.js'

/** Below this a collection gains nothing: most of it is the program itself. */
const FIRST_LIMIT_BYTES = 60e6
/**
 * So much may come on top of the least since the last collection. Not of what there was right after
 * it: memory that was freed is given back to the system in the course of some milliseconds.
 */
const GROWTH_BYTES = 5e6

/** So many items may make garbage before somebody looks. */
const ITEMS_PER_LOOK = 128

let leastBytes = Number.POSITIVE_INFINITY
let items = 0

/**
 * To be called for each content that is taken in or sent: looks at every 128th. Commands that only list
 * do without: they end sooner than a collection pays.
 */
export function limitMemory(): void {
  if (++items % ITEMS_PER_LOOK === 0) limitMemoryNow()
}

/** Collects garbage when much has grown since the last time; else it costs 20 µs. */
function limitMemoryNow(): void {
  if (!bun) return
  const bytes = process.memoryUsage.rss()
  leastBytes = Math.min(leastBytes, bytes)
  if (bytes > Math.max(FIRST_LIMIT_BYTES, leastBytes + GROWTH_BYTES)) freeMemory()
}

/** Collects garbage after thousands of items, when what was kept of them is needed no more. */
export function freeMemory(): void {
  if (!bun || items < ITEMS_PER_LOOK) return
  bun.gc(true)
  leastBytes = Number.POSITIVE_INFINITY
}
