/**
 * The old form of logs keyed by uuid, clock last: `UUID [SP VALUE] [SP timestamp=CLOCK]`.
 *
 * Pure. Implements spec: the git-annex branch, section 3.2. A file's value grammar reads a value and
 * gives it back in the form to write; undefined skips the line.
 */
import { type Bytes, compareBytes } from '../bytes.js'
import type { Uuid } from '../uuid.js'
import { type Clock, compareClocks, formatClock, nextClock, parseClock } from '../vector-clock.js'
import { splitLogLines } from './log-lines.js'

export interface UuidEntry {
  readonly value: Bytes
  /** Undefined for a line without clock, older than all others. */
  readonly clock: Clock | undefined
}

/** A value in the form to write, or undefined when the line is to be skipped. */
export type ValueGrammar = (value: Bytes) => Bytes | undefined

export interface UuidEdit {
  readonly uuid: Uuid
  readonly value: Bytes
  readonly clock: Clock
}

const MARK = ' timestamp='

/** Takes any value as it is. */
export const anyValue: ValueGrammar = (value) => value

/** Parses a log. Of lines with equal clocks the last in the file wins. */
export function parseUuidLog(text: Bytes, grammar: ValueGrammar = anyValue): Map<Uuid, UuidEntry> {
  const state = new Map<Uuid, UuidEntry>()
  for (const line of splitLogLines(text)) {
    const parsed = parseLine(line)
    if (!parsed) continue
    const value = grammar(parsed.value)
    if (value === undefined) continue
    const known = state.get(parsed.uuid)
    if (known === undefined || compareClocks(parsed.clock, known.clock) >= 0)
      state.set(parsed.uuid, { value, clock: parsed.clock })
  }
  return state
}

function parseLine(line: Bytes): (UuidEntry & { uuid: Uuid }) | undefined {
  const space = line.indexOf(' ')
  if (space === 0) return undefined
  if (space < 0) return { uuid: line, value: '', clock: undefined }
  const uuid = line.slice(0, space)
  const mark = line.lastIndexOf(MARK)
  const clock = mark >= space ? parseClock(line.slice(mark + MARK.length)) : undefined
  const end = clock === undefined ? line.length : mark
  return { uuid, value: line.slice(space + 1, Math.max(end, space + 1)), clock }
}

/** Writes one line for each uuid, ordered by bytes; an unknown clock stays unwritten. */
export function formatUuidLog(state: ReadonlyMap<Uuid, UuidEntry>): Bytes {
  return [...state]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([uuid, { value, clock }]) =>
      clock === undefined ? `${uuid} ${value}\n` : `${uuid} ${value}${MARK}${formatClock(clock)}\n`,
    )
    .join('')
}

/**
 * Sets the value of a uuid and rewrites the log. The same value is written again with its new clock,
 * but not when the log has it with a clock as new: so doing an edit twice changes nothing.
 */
export function setUuidValue(text: Bytes, edit: UuidEdit, grammar: ValueGrammar = anyValue): Bytes {
  const state = parseUuidLog(text, grammar)
  const known = state.get(edit.uuid)
  if (known?.value === edit.value && compareClocks(known.clock, edit.clock) >= 0) return text
  state.set(edit.uuid, { value: edit.value, clock: nextClock(edit.clock, known?.clock) })
  return formatUuidLog(state)
}

/** Takes the entries of some uuids out and rewrites the rest in canonical form. */
export function removeUuids(text: Bytes, isRemoved: (uuid: Uuid) => boolean): Bytes {
  return formatUuidLog(new Map([...parseUuidLog(text)].filter(([uuid]) => !isRemoved(uuid))))
}
