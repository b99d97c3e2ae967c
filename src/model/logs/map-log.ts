/**
 * Logs that map a field to a value, clock first: `CLOCK SP FIELD SP VALUE`. Used for config.log,
 * group-preferred-content.log, export.log, and for the newer logs keyed by uuid.
 *
 * Pure. Implements spec: the git-annex branch, section 3.3.
 */
import { type Bytes, compareBytes } from '../bytes.js'
import { type Clock, compareClocks, formatClock, nextClock, parseClock } from '../vector-clock.js'
import { splitLogLines } from './log-lines.js'

export interface MapEntry {
  readonly value: Bytes
  readonly clock: Clock
}

export interface MapEdit {
  readonly field: Bytes
  readonly value: Bytes
  readonly clock: Clock
}

/** Whether a file's grammar has such a field and value; lines it has not are skipped. */
export type EntryGrammar = (field: Bytes, value: Bytes) => boolean

const anyEntry: EntryGrammar = () => true
const LINE = /^([^ ]+) ([^ ]+) (.*)$/s

/** Parses a log. Of lines with equal clocks the last in the file wins. */
export function parseMapLog(text: Bytes, accepts: EntryGrammar = anyEntry): Map<Bytes, MapEntry> {
  const state = new Map<Bytes, MapEntry>()
  for (const line of splitLogLines(text)) {
    const match = LINE.exec(line)
    if (!match) continue
    const clock = parseClock(match[1]!)
    const field = match[2]!
    const value = match[3]!
    if (clock === undefined || !accepts(field, value)) continue
    if (compareClocks(clock, state.get(field)?.clock) >= 0) state.set(field, { value, clock })
  }
  return state
}

/** Writes one line for each field, ordered by the fields' bytes. */
export function formatMapLog(state: ReadonlyMap<Bytes, MapEntry>): Bytes {
  return [...state]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([field, { value, clock }]) => `${formatClock(clock)} ${field} ${value}\n`)
    .join('')
}

/**
 * Sets a field and rewrites the log. Nothing happens when the field has this value with a clock as
 * new, so doing an edit twice changes nothing.
 */
export function setMapValue(text: Bytes, edit: MapEdit, accepts: EntryGrammar = anyEntry): Bytes {
  const state = parseMapLog(text, accepts)
  const known = state.get(edit.field)
  if (known?.value === edit.value && known.clock >= edit.clock) return text
  state.set(edit.field, { value: edit.value, clock: nextClock(edit.clock, known?.clock) })
  return formatMapLog(state)
}

/** Takes the fields out for which `isRemoved` holds and rewrites the rest. */
export function removeFields(
  text: Bytes,
  isRemoved: (field: Bytes) => boolean,
  accepts: EntryGrammar = anyEntry,
): Bytes {
  const kept = [...parseMapLog(text, accepts)].filter(([field]) => !isRemoved(field))
  return formatMapLog(new Map(kept))
}
