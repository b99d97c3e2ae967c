/**
 * Clocks of log lines: exact integers of picoseconds since 1970, because doubles lose digits.
 *
 * Only the order of clocks means anything; readers never compare them with the time of day.
 * Pure. Implements spec: the git-annex branch, section 1.
 */
import type { Bytes } from './bytes.js'

/** Picoseconds since 1970, also negative. */
export type Clock = bigint

export const SECOND: Clock = 1_000_000_000_000n
const FRACTION_DIGITS = 12
const GRAMMAR = /^([+-]?)(\d+)(?:\.(\d+))?s?$/

/**
 * Parses a clock word. Digits after the twelfth decimal are dropped, not rounded.
 * @param text such as `1700000000.25s`; the `s` may be missing
 * @returns undefined when the text is no clock; never throws
 */
export function parseClock(text: Bytes): Clock | undefined {
  const match = GRAMMAR.exec(text)
  if (!match) return undefined
  const [, sign, whole, fraction] = match
  const seconds = BigInt(whole!) * SECOND
  const rest =
    fraction === undefined
      ? 0n
      : BigInt(fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0'))
  // git-annex loses the sign of a zero integer part: -0.5s reads as 0.5.
  return sign === '-' && seconds !== 0n ? -(seconds + rest) : seconds + rest
}

/** Writes a clock in its shortest form: `100s`, `-3.25s`. */
export function formatClock(clock: Clock): Bytes {
  const absolute = clock < 0n ? -clock : clock
  const sign = clock < 0n ? '-' : ''
  const fraction = absolute % SECOND
  if (fraction === 0n) return `${sign}${absolute / SECOND}s`
  const digits = fraction.toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '')
  return `${sign}${absolute / SECOND}.${digits}s`
}

/** Orders clocks; an unknown one (undefined) is older than every other. For `Array.sort`. */
export function compareClocks(a: Clock | undefined, b: Clock | undefined): number {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  return a < b ? -1 : 1
}

/**
 * The clock for a new line.
 * @param candidate the current time, or what GIT_ANNEX_VECTOR_CLOCK says
 * @param newestRelevant greatest clock among the lines that the new one must overrule
 */
export function nextClock(candidate: Clock, newestRelevant: Clock | undefined): Clock {
  return newestRelevant !== undefined && newestRelevant >= candidate
    ? newestRelevant + SECOND
    : candidate
}

/** A time as a clock of whole seconds, as newer releases of git-annex write it. */
export function clockFromMs(timeMs: number): Clock {
  return BigInt(Math.floor(timeMs / 1000)) * SECOND
}

/** The time a clock shows, in milliseconds since 1970. */
export function clockToMs(clock: Clock): number {
  return Number(clock / (SECOND / 1000n))
}
