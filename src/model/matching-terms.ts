/**
 * The terms of matching expressions, and which dialect has which.
 *
 * Pure. Implements spec: command line, sections 4.2 and 6.1. A new term is a line of {@link TERMS},
 * a member of {@link Term} and a case in the matcher.
 */
import { type Bytes, bytesToText } from './bytes.js'
import { AnnexError } from './errors.js'
import { parseFailure, type TermParser } from './expression.js'
import { isValidFieldName } from './logs/metadata-values.js'
import { parseDuration, parseSize } from './units.js'

/**
 * `largefiles`: annex.largefiles and annex.addunlocked; `preferred`: preferred content; `options`:
 * the command line.
 */
export type Dialect = 'largefiles' | 'preferred' | 'options'

export type CopiesOf =
  | { readonly kind: 'any' }
  | { readonly kind: 'group'; readonly group: Bytes }
  | { readonly kind: 'trust'; readonly level: CountedTrust; readonly orBetter: boolean }

const COUNTED_TRUST = ['trusted', 'semitrusted', 'untrusted'] as const
export type CountedTrust = (typeof COUNTED_TRUST)[number]

export type GlobTermName = 'include' | 'exclude' | 'mimetype' | 'mimeencoding'
export type KeyGlobTermName = 'includesamecontent' | 'excludesamecontent' | 'url'
export type SizeTermName = 'largerthan' | 'smallerthan'
export type LackingTermName = 'lackingcopies' | 'approxlackingcopies'
export type WantTermName = 'want-get' | 'want-drop'
export type MetadataComparison = '=' | '<' | '<=' | '>' | '>='
export type PlainTermName =
  | 'anything'
  | 'nothing'
  | 'present'
  | 'securehash'
  | 'unused'
  | 'locked'
  | 'unlocked'
  | 'standard'
  | 'groupwanted'
  | 'inpreferreddir'

export type Term =
  | { [Name in PlainTermName]: { readonly name: Name } }[PlainTermName]
  | { readonly name: GlobTermName; readonly glob: Bytes }
  | { readonly name: SizeTermName; readonly sizeBytes: bigint }
  | { readonly name: 'copies'; readonly count: number; readonly of: CopiesOf }
  | { readonly name: LackingTermName; readonly count: number }
  | { readonly name: 'in'; readonly repository: Bytes }
  | { readonly name: 'expected-present' }
  | { readonly name: KeyGlobTermName; readonly glob: Bytes }
  | { readonly name: 'accessedwithin'; readonly seconds: number }
  | { readonly name: 'inallgroup' | 'onlyingroup'; readonly group: Bytes }
  | { readonly name: 'inbackend'; readonly backend: Bytes }
  | { readonly name: WantTermName; readonly repository: Bytes }
  | {
      readonly name: 'metadata'
      readonly field: Bytes
      readonly comparison: MetadataComparison
      readonly value: Bytes
    }

interface TermRule {
  /** Initials of the dialects that have the term. */
  readonly in: string
  /** Undefined for a term without a value. Returns text that says what is bad about a value. */
  readonly read?: (value: Bytes) => Term | string
}

const plain = (dialects: string): TermRule => ({ in: dialects })
const glob = (name: GlobTermName | KeyGlobTermName, dialects: string): TermRule => ({
  in: dialects,
  read: (value) => ({ name, glob: value }),
})
const size = (name: SizeTermName): TermRule => ({
  in: 'lpo',
  read: (value) => {
    const sizeBytes = parseSignedSize(value)
    return sizeBytes === undefined ? 'bad size' : { name, sizeBytes }
  },
})
const lacking = (name: LackingTermName): TermRule => ({
  in: 'po',
  read: (value) =>
    /^\d+$/.test(value) ? { name, count: Number(value) } : 'bad value for number of lacking copies',
})

const want = (name: WantTermName): TermRule => ({
  in: 'o',
  read: (repository) => ({ name, repository: repository || 'here' }),
})

const TERMS: Readonly<Record<Bytes, TermRule>> = {
  anything: plain('lpo'),
  nothing: plain('lpo'),
  present: plain('p'),
  securehash: plain('po'),
  unused: plain('lp'),
  locked: plain('o'),
  unlocked: plain('o'),
  standard: plain('p'),
  groupwanted: plain('p'),
  inpreferreddir: plain('p'),
  include: glob('include', 'lpo'),
  exclude: glob('exclude', 'lpo'),
  includesamecontent: glob('includesamecontent', 'o'),
  excludesamecontent: glob('excludesamecontent', 'o'),
  url: glob('url', 'po'),
  'expected-present': { in: 'o', read: () => ({ name: 'expected-present' }) },
  accessedwithin: { in: 'o', read: parseAccess },
  mimetype: glob('mimetype', 'lo'),
  mimeencoding: glob('mimeencoding', 'lo'),
  largerthan: size('largerthan'),
  smallerthan: size('smallerthan'),
  copies: { in: 'po', read: parseCopies },
  lackingcopies: lacking('lackingcopies'),
  approxlackingcopies: lacking('approxlackingcopies'),
  in: { in: 'o', read: (repository) => ({ name: 'in', repository }) },
  onlyingroup: { in: 'po', read: (group) => ({ name: 'onlyingroup', group }) },
  inallgroup: { in: 'po', read: (group) => ({ name: 'inallgroup', group }) },
  inbackend: { in: 'po', read: (backend) => ({ name: 'inbackend', backend }) },
  metadata: { in: 'po', read: parseMetadata },
  'want-get': want('want-get'),
  'want-get-by': want('want-get'),
  'want-drop': want('want-drop'),
  'want-drop-by': want('want-drop'),
}

/**
 * The term parser of a dialect, for `parseExpression` and `parseTokens`.
 * @throws from the parser: AnnexError EXPRESSION_INVALID; NOT_BUILT_YET for an option that git-annex
 *   has and we have not
 */
export function termParser(dialect: Dialect): TermParser<Term> {
  const prefix = dialect === 'options' ? '' : 'Parse failure: '
  return (token) => {
    const equals = token.indexOf('=')
    const name = equals < 0 ? token : token.slice(0, equals)
    const rule = Object.hasOwn(TERMS, name) ? TERMS[name]! : undefined
    if (!rule?.in.includes(dialect[0]!)) throw unknownTerm(dialect, token)
    if (!rule.read) {
      if (equals >= 0) throw unknownTerm(dialect, token)
      return { name: name as PlainTermName }
    }
    // A missing value is an empty one.
    const term = rule.read(equals < 0 ? '' : token.slice(equals + 1))
    if (typeof term === 'string') throw new AnnexError('EXPRESSION_INVALID', prefix + term)
    return term
  }
}

function unknownTerm(dialect: Dialect, token: Bytes): AnnexError {
  if (dialect !== 'options') return parseFailure(token)
  const name = bytesToText(token).replace(/=.*/s, '')
  return new AnnexError('NOT_BUILT_YET', `The matching option --${name} is not built yet`)
}

/** Sizes below zero are accepted: everything is larger. */
function parseSignedSize(value: Bytes): bigint | undefined {
  if (!value.startsWith('-')) return parseSize(value)
  const size = parseSize(value.slice(1))
  return size === undefined ? undefined : -size
}

/** `N`, `LEVEL:N`, `LEVEL+:N` or `GROUP:N`; a level's name wins over a group of the same name. */
function parseCopies(value: Bytes): Term | string {
  const colon = value.indexOf(':')
  const count = value.slice(colon + 1)
  if (count.includes(':')) return 'bad value for copies'
  if (!/^\d+$/.test(count)) return 'bad number for copies'
  return { name: 'copies', count: Number(count), of: parseCopiesOf(value.slice(0, colon + 1)) }
}

function parseCopiesOf(prefix: Bytes): CopiesOf {
  if (prefix === '') return { kind: 'any' }
  const group = prefix.slice(0, -1)
  const orBetter = group.endsWith('+')
  const level = COUNTED_TRUST.find((name) => name === (orBetter ? group.slice(0, -1) : group))
  return level ? { kind: 'trust', level, orBetter } : { kind: 'group', group }
}

/** `FIELD=GLOB`, or FIELD, `<`, `<=`, `>` or `>=` and a value; a field alone has an empty glob. */
function parseMetadata(text: Bytes): Term | string {
  const [, field = '', comparison = '=', value = ''] =
    /^([^=<>]*)(=|<=?|>=?)?(.*)$/s.exec(text) ?? []
  const name = bytesToText(field)
  if (!isValidFieldName(name)) return `Illegal metadata field name, "${name}"`
  return { name: 'metadata', field, comparison: comparison as MetadataComparison, value }
}

function parseAccess(text: Bytes): Term | string {
  const seconds = parseDuration(text)
  if (seconds !== undefined) return { name: 'accessedwithin', seconds }
  return `option --accessedwithin: failed to parse duration "${bytesToText(text)}" (expected eg "5m" or "1h5m")`
}
