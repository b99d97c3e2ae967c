/**
 * Metadata logs: fields with sets of values. Line: `CLOCK SP TOKENS`, tokens being field names, each
 * followed by its values with a sign (`+` set, `-` unset). A line holds changes only.
 *
 * Pure. Implements spec: the git-annex branch, section 3.5. `metadata-values.ts` has the tokens.
 */
import { type Bytes, compareBytes } from '../bytes.js'
import { type Clock, compareClocks, formatClock, parseClock } from '../vector-clock.js'
import { cutFirstWord, splitLogLines } from './log-lines.js'
import { foldField, formatValue, isFieldName, parseValue } from './metadata-values.js'

/** One field of an entry: values with whether they are set. */
export interface FieldChange {
  /** As spelled in the line; fields are the same without regard to case. */
  readonly name: Bytes
  readonly values: ReadonlyMap<Bytes, boolean>
}

/** One line: changes by folded field name. */
export interface MetadataEntry {
  readonly clock: Clock
  readonly fields: ReadonlyMap<Bytes, FieldChange>
}

/** What a field holds now. */
export interface FieldState {
  readonly name: Bytes
  /** Ordered by bytes, never empty. */
  readonly values: readonly Bytes[]
  readonly lastChanged: Clock
}

export interface MetadataState {
  /** Fields with values, by folded name. */
  readonly fields: ReadonlyMap<Bytes, FieldState>
  /** The newest clock of the log, also when nothing is set; undefined for an empty log. */
  readonly lastChanged: Clock | undefined
}

/** Makes changes of pairs [field, value, isSet]; later ones overrule earlier ones. */
export function fieldChanges(
  changes: Iterable<readonly [field: Bytes, value: Bytes, isSet: boolean]>,
): Map<Bytes, FieldChange> {
  const fields = new Map<Bytes, { name: Bytes; values: Map<Bytes, boolean> }>()
  for (const [name, value, isSet] of changes) addField(fields, name).values.set(value, isSet)
  return fields
}

function addField(
  fields: Map<Bytes, { name: Bytes; values: Map<Bytes, boolean> }>,
  name: Bytes,
): { name: Bytes; values: Map<Bytes, boolean> } {
  const folded = foldField(name)
  const known = fields.get(folded)
  if (known) return known
  const field = { name, values: new Map<Bytes, boolean>() }
  fields.set(folded, field)
  return field
}

/** Parses a log into its entries, oldest first; of entries that only differ in signs the last wins. */
export function parseMetadataLog(text: Bytes): MetadataEntry[] {
  const entries: MetadataEntry[] = []
  for (const line of splitLogLines(text)) {
    const [word, rest] = cutFirstWord(line) ?? ['', '']
    const clock = parseClock(word)
    if (clock !== undefined) entries.push({ clock, fields: parseTokens(rest) })
  }
  return sortEntries(entries)
}

function parseTokens(text: Bytes): Map<Bytes, FieldChange> {
  const fields = new Map<Bytes, { name: Bytes; values: Map<Bytes, boolean> }>()
  let current: Map<Bytes, boolean> | undefined
  for (const token of text === '' ? [] : text.split(' ')) {
    const parsed = current && parseValue(token)
    // Values before any field, and what looks like a value but is none, are names of fields.
    if (parsed) current!.set(parsed.value, parsed.isSet)
    else if (isFieldName(token)) current = addField(fields, token).values
    else break
  }
  return fields
}

/** Ascending by clock, then by content without signs; equal ones are one, the last given. */
function sortEntries(entries: readonly MetadataEntry[]): MetadataEntry[] {
  const sorted = entries
    .map((entry) => ({ entry, content: contentKey(entry) }))
    .sort((a, b) => compareClocks(a.entry.clock, b.entry.clock) || compareLists(a, b))
  return sorted
    .filter((item, i) => {
      const next = sorted[i + 1]
      return !next || next.entry.clock !== item.entry.clock || compareLists(item, next) !== 0
    })
    .map(({ entry }) => entry)
}

type ContentKey = readonly (readonly Bytes[])[]

function contentKey(entry: MetadataEntry): ContentKey {
  return sortedFields(entry).map(([folded, { values }]) => [folded, ...sortedKeys(values)])
}

function compareLists(a: { content: ContentKey }, b: { content: ContentKey }): number {
  const length = Math.min(a.content.length, b.content.length)
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.content[i]!, b.content[i]!]
    for (let j = 0; j < Math.min(left.length, right.length); j++)
      if (left[j] !== right[j]) return compareBytes(left[j]!, right[j]!)
    if (left.length !== right.length) return left.length - right.length
  }
  return a.content.length - b.content.length
}

const sortedKeys = (values: ReadonlyMap<Bytes, unknown>): Bytes[] => [...values.keys()].sort()

const sortedFields = ({ fields }: MetadataEntry): [Bytes, FieldChange][] =>
  [...fields].sort(([a], [b]) => compareBytes(a, b))

/** Writes entries, oldest first; fields ordered by folded name, values by bytes. */
export function formatMetadataLog(entries: readonly MetadataEntry[]): Bytes {
  return sortEntries(entries).map(formatEntry).join('')
}

function formatEntry(entry: MetadataEntry): Bytes {
  const tokens = sortedFields(entry).flatMap(([, { name, values }]) => [
    name,
    ...sortedKeys(values).map((value) => formatValue(value, values.get(value)!)),
  ])
  return `${formatClock(entry.clock)} ${tokens.join(' ')}\n`
}

/** What the entries of a log, oldest first, add up to. */
export function currentMetadata(entries: readonly MetadataEntry[]): MetadataState {
  const all = new Map<Bytes, { name: Bytes; values: Map<Bytes, boolean>; lastChanged: Clock }>()
  for (const { clock, fields } of entries)
    for (const [folded, { name, values }] of fields) {
      const known = all.get(folded)
      const merged = new Map([...(known?.values ?? []), ...values])
      // A field without values mentions nothing.
      if (values.size > 0) all.set(folded, { name, values: merged, lastChanged: clock })
    }
  const fields = new Map<Bytes, FieldState>()
  for (const [folded, { name, values, lastChanged }] of all) {
    const set = sortedKeys(values).filter((value) => values.get(value))
    if (set.length > 0) fields.set(folded, { name, values: set, lastChanged })
  }
  return { fields, lastChanged: entries.at(-1)?.clock }
}

/** `YYYY-MM-DD@HH-MM-SS`, UTC: the value of the generated fields `lastchanged`. */
export function formatLastChanged(clock: Clock): Bytes {
  const iso = new Date(Number(clock / 1_000_000_000n)).toISOString()
  return `${iso.slice(0, 10)}@${iso.slice(11, 19).replaceAll(':', '-')}`
}

/**
 * Fields as they are shown, by name: those of users and the generated ones, ordered by folded name.
 */
export function shownMetadata({
  fields,
  lastChanged,
}: MetadataState): Map<Bytes, readonly Bytes[]> {
  const shown: (readonly [Bytes, readonly Bytes[]])[] = []
  for (const { name, values, lastChanged } of fields.values())
    shown.push([name, values], [`${name}-lastchanged`, [formatLastChanged(lastChanged)]])
  if (lastChanged !== undefined) shown.push(['lastchanged', [formatLastChanged(lastChanged)]])
  return new Map(shown.sort(([a], [b]) => compareBytes(foldField(a), foldField(b))))
}
