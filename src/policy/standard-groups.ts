/**
 * The preferred content expressions of git-annex's standard groups, which `standard` stands for.
 * Pure. Implements spec: CLI, section 6.3.
 */
import type { Bytes } from '../model/bytes.js'

const CLIENT =
  '(include=* and ((exclude=*/archive/* and exclude=archive/*) or (not (copies=archive:1 or copies=smallarchive:1)))) or approxlackingcopies=1'
const ARCHIVE = '(not (copies=archive:1 or copies=smallarchive:1)) or approxlackingcopies=1'

/** In git-annex's order. */
export const STANDARD_GROUPS: Readonly<Record<Bytes, Bytes>> = {
  client: CLIENT,
  transfer: `(not (inallgroup=client and copies=client:2) and (${CLIENT})) or approxlackingcopies=1`,
  backup: 'anything',
  incrementalbackup:
    '((not copies=backup:1) and (not copies=incrementalbackup:1)) or approxlackingcopies=1',
  smallarchive: `((include=*/archive/* or include=archive/*) and (${ARCHIVE})) or approxlackingcopies=1`,
  archive: ARCHIVE,
  source: 'not (copies=1)',
  manual: `present and (${CLIENT})`,
  public: 'inpreferreddir',
  unwanted: 'not anything',
}

/** What is configured about the groups of a repository. */
export interface GroupSettings {
  /** The groups that the repository is in. */
  readonly groups: readonly Bytes[]
  /** The expressions of `groupwanted`, by group. */
  readonly groupWanted: ReadonlyMap<Bytes, Bytes>
}

/**
 * Writes out what `standard` and `groupwanted` mean in an expression.
 * @returns the expression without them; what cannot be determined becomes `present`, which gets
 *   nothing new and drops nothing
 */
export function expandGroupTerms(text: Bytes, settings: GroupSettings): Bytes {
  const withGroups = replaceTerm(text, 'groupwanted', () => groupExpression(settings))
  return replaceTerm(withGroups, 'standard', () => standardExpression(settings))
}

function replaceTerm(text: Bytes, term: string, make: () => Bytes): Bytes {
  if (!text.includes(term)) return text
  return text
    .split(/([\s()])/)
    .map((token) => (token === term ? `(${make()})` : token))
    .join('')
}

function standardExpression({ groups }: GroupSettings): Bytes {
  const standard = groups.filter((group) => Object.hasOwn(STANDARD_GROUPS, group))
  return standard.length === 1 ? STANDARD_GROUPS[standard[0]!]! : 'present'
}

function groupExpression({ groups, groupWanted }: GroupSettings): Bytes {
  const set = groups.map((group) => groupWanted.get(group) ?? '').filter((text) => text.trim())
  return set.length === 1 ? set[0]! : 'present'
}
