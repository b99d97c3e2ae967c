/**
 * Logs of one number for the whole annex: numcopies.log and mincopies.log. Line: `CLOCK SP NUMBER`.
 *
 * Pure. Implements spec: the git-annex branch, section 3.4.
 */
import type { Bytes } from '../bytes.js'
import { type Clock, formatClock, nextClock, parseClock } from '../vector-clock.js'
import { cutFirstWord, splitLogLines } from './log-lines.js'

export interface NumberEntry {
  readonly clock: Clock
  /** At least 1: less counts as 1. */
  readonly value: number
}

/** The number in effect: greatest clock, of equal ones the greatest number. */
export function parseNumberLog(text: Bytes): NumberEntry | undefined {
  let newest: NumberEntry | undefined
  for (const line of splitLogLines(text)) {
    const [word, rest] = cutFirstWord(line) ?? ['', '']
    const clock = parseClock(word)
    const digits = /^[+-]?\d+/.exec(rest)
    if (clock === undefined || !digits) continue
    const value = Math.max(1, Number(digits[0]))
    if (!newest || clock > newest.clock || (clock === newest.clock && value > newest.value))
      newest = { clock, value }
  }
  return newest
}

/** Writes the one line of the log. */
export function formatNumberLog({ clock, value }: NumberEntry): Bytes {
  return `${formatClock(clock)} ${value}\n`
}

/** Sets the number; the text comes back as it is when that number is already in effect. */
export function setNumber(text: Bytes, edit: NumberEntry): Bytes {
  const known = parseNumberLog(text)
  if (known?.value === edit.value) return text
  return formatNumberLog({ clock: nextClock(edit.clock, known?.clock), value: edit.value })
}
