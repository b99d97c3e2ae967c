/**
 * Presence logs: which items are there, such as the repositories that hold a key (location log) or
 * the urls of a key. Line: `CLOCK SP STATUS SP ITEM`.
 *
 * Pure. Implements spec: the git-annex branch, section 3.1.
 */
import { type Bytes, compareBytes } from '../bytes.js'
import { type Clock, formatClock, nextClock, parseClock } from '../vector-clock.js'
import { splitLogLines } from './log-lines.js'

/** Present, missing, or dead (missing for ever, overruled by any other news). */
export type PresenceStatus = '1' | '0' | 'X'

export interface PresenceEntry {
  readonly clock: Clock
  readonly status: PresenceStatus
}

/** The line in effect for each item. */
export type PresenceState = ReadonlyMap<Bytes, PresenceEntry>

/** A status to write, with the time it became true. */
export interface PresenceEdit {
  readonly item: Bytes
  readonly status: PresenceStatus
  readonly clock: Clock
}

/** Parses a log. Of lines with equal clocks the first in the file wins. */
export function parsePresenceLog(text: Bytes): Map<Bytes, PresenceEntry> {
  const state = new Map<Bytes, PresenceEntry>()
  for (const line of splitLogLines(text)) {
    const space = line.indexOf(' ')
    const status = line[space + 1]
    if (space < 1 || line[space + 2] !== ' ' || !isPresenceStatus(status)) continue
    const item = line.slice(space + 3)
    const clock = parseClock(line.slice(0, space))
    if (clock === undefined) continue
    const known = state.get(item)
    if (known === undefined || clock > known.clock) state.set(item, { clock, status })
  }
  return state
}

function isPresenceStatus(status: string | undefined): status is PresenceStatus {
  return status === '1' || status === '0' || status === 'X'
}

/** Writes one line for each item, ordered by the items' bytes. */
export function formatPresenceLog(state: PresenceState): Bytes {
  return [...state]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([item, { clock, status }]) => `${formatClock(clock)} ${status} ${item}\n`)
    .join('')
}

const PLAIN_LINE = /^\d+(?:\.\d+)?s ([01X]) ([^\r]+)$/

/** The items that are present, ordered by bytes. */
export function presentItems(text: Bytes): Bytes[] {
  return presentInCompact(text) ?? presentIn(parsePresenceLog(text))
}

/**
 * The same for a log as writers leave it, one line an item: no clock need be compared, which for
 * 100,000 keys makes 0.1 s. Undefined when the log is not like that.
 */
function presentInCompact(text: Bytes): Bytes[] | undefined {
  const items: Bytes[] = []
  const present: Bytes[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const match = PLAIN_LINE.exec(line)
    if (!match || items.includes(match[2]!)) return undefined
    items.push(match[2]!)
    if (match[1] === '1') present.push(match[2]!)
  }
  return present.sort(compareBytes)
}

function presentIn(state: PresenceState): Bytes[] {
  const items: Bytes[] = []
  for (const [item, { status }] of state) if (status === '1') items.push(item)
  return items.sort(compareBytes)
}

/** Whether a location log says that the key is dead: it has lines, and none but `X`. */
export function isDeadKey(text: Bytes): boolean {
  const state = parsePresenceLog(text)
  return state.size > 0 && [...state.values()].every(({ status }) => status === 'X')
}

/**
 * Sets a repository's status in a location log. When it is so already the text comes back as it is,
 * compact or not; else the log is rewritten.
 */
export function setPresence(text: Bytes, { item, status, clock }: PresenceEdit): Bytes {
  if (text === '') return `${formatClock(clock)} ${status} ${item}\n`
  const state = parsePresenceLog(text)
  const known = state.get(item)
  if (known?.status === status) return text
  state.set(item, { clock: nextClock(clock, known?.clock), status })
  return formatPresenceLog(state)
}

/** Sets an item's status in a log of urls or equivalent keys: a new item is only appended. */
export function setItemPresence(text: Bytes, edit: PresenceEdit): Bytes {
  const { item, status, clock } = edit
  if (parsePresenceLog(text).has(item)) return setPresence(text, edit)
  const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return `${ended}${formatClock(clock)} ${status} ${item}\n`
}

/**
 * Marks a key as dead: each `0` becomes `X`, a picosecond newer, so that any other news overrules it.
 * @returns the text unchanged when some repository has the key
 */
export function setKeyDead(text: Bytes): Bytes {
  const state = parsePresenceLog(text)
  if ([...state.values()].some(({ status }) => status === '1')) return text
  for (const [item, { clock, status }] of state)
    if (status === '0') state.set(item, { clock: clock + 1n, status: 'X' })
  return formatPresenceLog(state)
}

/** Takes the lines of some items out and compacts the rest. */
export function removeItems(text: Bytes, isRemoved: (item: Bytes) => boolean): Bytes {
  const kept = [...parsePresenceLog(text)].filter(([item]) => !isRemoved(item))
  return formatPresenceLog(new Map(kept))
}
