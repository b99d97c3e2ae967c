/** The term `metadata` of matching expressions. Pure. Implements spec: command line, section 4.2. */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { compileGlob } from '../model/glob.js'
import { type MetadataState, shownMetadata } from '../model/logs/metadata.js'
import { foldField, isGeneratedField } from '../model/logs/metadata-values.js'
import type { Term } from '../model/matching-terms.js'

/** Compiles to a question about what a key's metadata is now: any value of the field counts. */
export function compileMetadataTerm(
  term: Extract<Term, { name: 'metadata' }>,
): (state: MetadataState) => boolean {
  const folded = foldField(term.field)
  const matches = compileComparison(term.comparison, term.value)
  return (state) => valuesOf(state, folded).some(matches)
}

/** Values of a field, of a generated one, too. */
function valuesOf(state: MetadataState, folded: Bytes): readonly Bytes[] {
  const field = state.fields.get(folded)
  if (field || !isGeneratedField(folded)) return field?.values ?? []
  return [...shownMetadata(state)].find(([name]) => foldField(name) === folded)?.[1] ?? []
}

function compileComparison(
  comparison: Extract<Term, { name: 'metadata' }>['comparison'],
  wanted: Bytes,
): (value: Bytes) => boolean {
  if (comparison === '=') return compileGlob(wanted, { ignoreCase: true })
  const isUp = comparison.startsWith('>')
  const isEqualIncluded = comparison.endsWith('=')
  return (value) => {
    const order = compareValues(value, wanted)
    return order === 0 ? isEqualIncluded : order > 0 === isUp
  }
}

/** As numbers when both are, else as bytes. */
function compareValues(a: Bytes, b: Bytes): number {
  const [left, right] = [numberIn(a), numberIn(b)]
  if (left !== undefined && right !== undefined) return left - right
  return a < b ? -1 : a > b ? 1 : 0
}

/** The number that a value begins with. */
function numberIn(value: Bytes): number | undefined {
  const found = /^\s*(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/i.exec(bytesToText(value))
  return found ? Number(found[1]) : undefined
}
