/**
 * Writing to metadata logs: adding an entry and dropping lines that it makes needless.
 * Pure. Implements spec: the git-annex branch, section 3.5.
 */
import type { Bytes } from '../bytes.js'
import { type Clock, nextClock } from '../vector-clock.js'
import {
  type FieldChange,
  fieldChanges,
  formatMetadataLog,
  type MetadataEntry,
  type MetadataState,
  parseMetadataLog,
} from './metadata.js'
import { foldField, isGeneratedField } from './metadata-values.js'

/** A change of one value of one field. */
export type MetadataChange = readonly [field: Bytes, value: Bytes, isSet: boolean]

export interface MetadataEdit {
  readonly changes: readonly MetadataChange[]
  readonly clock: Clock
}

/**
 * Adds an entry with the changes; its clock is past every line of the log. Nothing happens when the
 * newest entry says just this with a clock as new, so doing an edit twice changes nothing.
 */
export function addMetadata(text: Bytes, { changes, clock }: MetadataEdit): Bytes {
  const entries = parseMetadataLog(text)
  const newest = entries.at(-1)
  const fields = fieldChanges(changes.filter(([name]) => !isGeneratedField(name)))
  const entry = { clock: nextClock(clock, newest?.clock), fields }
  if (newest && newest.clock >= clock && isSameChange(newest, entry)) return text
  return formatMetadataLog(simplify([...entries, entry]))
}

const isSameChange = (a: MetadataEntry, b: MetadataEntry): boolean =>
  formatMetadataLog([{ ...a, clock: 0n }]) === formatMetadataLog([{ ...b, clock: 0n }])

/**
 * The changes that give a field exactly these values: the others of now are unset.
 * @param state what the log holds now
 */
export function replaceValues(
  state: MetadataState,
  field: Bytes,
  values: readonly Bytes[],
): MetadataChange[] {
  const current = state.fields.get(foldField(field))?.values ?? []
  return [
    ...current.map((value): MetadataChange => [field, value, false]),
    ...values.map((value): MetadataChange => [field, value, true]),
  ]
}

/**
 * Takes out of each entry what newer ones say again; an unset value is kept, so that old lines that
 * arrive later cannot revive it. The newest entry stays even when it is empty. The result counts
 * only when it has fewer lines.
 * @param entries oldest first
 */
export function simplify(entries: readonly MetadataEntry[]): readonly MetadataEntry[] {
  const mentioned = new Map<Bytes, Set<Bytes>>()
  const simplified: MetadataEntry[] = []
  for (const entry of entries.toReversed()) {
    const fields = new Map<Bytes, FieldChange>()
    for (const [folded, { name, values }] of entry.fields) {
      const seen = mentioned.get(folded) ?? new Set()
      const fresh = [...values].filter(([value]) => !seen.has(value))
      if (fresh.length > 0) fields.set(folded, { name, values: new Map(fresh) })
      mentioned.set(folded, new Set([...seen, ...values.keys()]))
    }
    if (fields.size > 0 || entry === entries.at(-1)) simplified.push({ clock: entry.clock, fields })
  }
  return simplified.length < entries.length ? simplified.reverse() : entries
}

/** Takes fields out of a log and compacts it. */
export function removeMetadataFields(text: Bytes, isRemoved: (field: Bytes) => boolean): Bytes {
  const entries = parseMetadataLog(text).map(({ clock, fields }) => ({
    clock,
    fields: new Map([...fields].filter(([, { name }]) => !isRemoved(name))),
  }))
  return formatMetadataLog(simplify(entries.filter(({ fields }) => fields.size > 0)))
}
