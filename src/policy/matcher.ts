/**
 * Evaluates matching expressions over values handed in: files for largefiles, keys and locations for
 * preferred content and the matching options.
 *
 * Pure. Implements spec: command line, sections 4.2 and 6.1. Terms are evaluated lazily from the
 * left, so a fact that costs a file read or a lookup should be a getter.
 */
import { backendOfKey } from '../backends/registry.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Expression } from '../model/expression.js'
import { compileGlob } from '../model/glob.js'
import type { Key } from '../model/key.js'
import type { MetadataState } from '../model/logs/metadata.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type {
  CopiesOf,
  CountedTrust,
  KeyGlobTermName,
  Term,
  WantTermName,
} from '../model/matching-terms.js'
import type { Uuid } from '../model/uuid.js'
import { compileMetadataTerm } from './metadata-matcher.js'

/**
 * What is known about the file or key at hand. A term whose fact is undefined cannot be evaluated;
 * null says that the thing itself has none (a key without size, content that is not here).
 */
export interface MatchFacts {
  /** Relative to the top of the work tree; for the command line, to the current directory. */
  readonly path?: Bytes | undefined
  readonly key?: Key | undefined
  readonly sizeBytes?: bigint | number | null | undefined
  readonly mimeType?: Bytes | null | undefined
  readonly mimeEncoding?: Bytes | null | undefined
  /** Repositories that have the key by the location log, dead ones left out. */
  readonly locations?: ReadonlySet<Uuid> | undefined
  /** Whether the object is here, by looking. */
  readonly isPresent?: boolean | undefined
  /** Whether the index has a link rather than a pointer file. */
  readonly isLocked?: boolean | undefined
  /** Whether the key is in the list of the last `unused`. */
  readonly isUnused?: boolean | undefined
  readonly metadata?: MetadataState | undefined
  /** Of other files with the same content, as {@link path}. */
  readonly otherPaths?: readonly Bytes[] | undefined
  /** Where the web has the content. */
  readonly urls?: readonly Bytes[] | undefined
  /** How long ago the object was read; null when it is not here. */
  readonly secondsSinceAccess?: number | null | undefined
  /** Whether a repository wants to get the content, or to drop it. */
  wants?(name: WantTermName, uuid: Uuid): boolean
}

/** What is known about the repositories; terms about locations need it. */
export interface MatchContext {
  readonly ownUuid: Uuid
  /** @throws AnnexError REMOTE_UNKNOWN */
  findRepository(name: Bytes): Uuid
  trustOf(uuid: Uuid): TrustLevel
  /** The name of the directory whose files a public repository wants; default `public`. */
  readonly preferredDir?: Bytes
  membersOf(group: Bytes): ReadonlySet<Uuid>
  /** The copies wanted of a key. @param withAttributes whether gitattributes count */
  numcopies(facts: MatchFacts, withAttributes: boolean): number
}

/** @throws AnnexError EXPRESSION_INVALID when a fact is missing that the answer depends on */
export type Matcher = (facts: MatchFacts) => boolean

/**
 * Compiles an expression: globs once, terms to functions.
 * @param context may be left out for the largefiles dialect
 * @throws AnnexError REMOTE_UNKNOWN for `in` with an unknown repository
 */
export function compileMatcher(expression: Expression<Term>, context?: MatchContext): Matcher {
  switch (expression.kind) {
    case 'anything':
      return () => true
    case 'not': {
      const operand = compileMatcher(expression.operand, context)
      return (facts) => !operand(facts)
    }
    case 'and':
    case 'or': {
      const left = compileMatcher(expression.left, context)
      const right = compileMatcher(expression.right, context)
      return expression.kind === 'and'
        ? (facts) => left(facts) && right(facts)
        : (facts) => left(facts) || right(facts)
    }
    case 'term':
      return compileTerm(expression.term, context)
  }
}

function compileTerm(term: Term, context: MatchContext | undefined): Matcher {
  switch (term.name) {
    case 'anything':
      return () => true
    case 'nothing':
      return () => false
    // Whoever knows the groups has written these out (standard-groups.ts).
    case 'standard':
    case 'groupwanted':
      return () => true
    case 'inpreferreddir':
      return (facts) =>
        directoryName(need(facts.path, 'file')) === (context?.preferredDir ?? 'public')
    case 'include':
    case 'exclude':
    case 'mimetype':
    case 'mimeencoding':
      return globMatcher(term.name, term.glob)
    case 'largerthan':
      return (facts) => compareSize(facts, term.sizeBytes) > 0
    case 'smallerthan':
      return (facts) => compareSize(facts, term.sizeBytes) < 0
    case 'locked':
      return (facts) => need(facts.isLocked, 'file')
    case 'unlocked':
      return (facts) => !need(facts.isLocked, 'file')
    default:
      return compileKeyTerm(term, context)
  }
}

type KeyTerm =
  | LocationTerm
  | Extract<
      Term,
      { name: 'present' | 'unused' | 'securehash' | 'inbackend' | 'metadata' | 'accessedwithin' }
    >
  | Extract<Term, { name: KeyGlobTermName }>

function compileKeyTerm(term: KeyTerm, context: MatchContext | undefined): Matcher {
  switch (term.name) {
    case 'present':
      return (facts) => need(facts.isPresent, 'key')
    case 'unused':
      return (facts) => need(facts.isUnused, 'key')
    case 'securehash':
      return (facts) => backendOfKey(need(facts.key, 'key').backend)?.isSecure ?? false
    case 'inbackend':
      return (facts) => need(facts.key, 'key').backend === term.backend
    case 'metadata': {
      const matches = compileMetadataTerm(term)
      return (facts) => matches(need(facts.metadata, 'key'))
    }
    case 'accessedwithin':
      return (facts) => {
        const passed = need(facts.secondsSinceAccess, 'key')
        return passed !== null && passed <= term.seconds
      }
    case 'includesamecontent':
    case 'excludesamecontent': {
      const glob = compileGlob(term.glob)
      const isAny = term.name === 'includesamecontent'
      return (facts) => need(facts.otherPaths, 'key').some(glob) === isAny
    }
    case 'url': {
      const glob = compileGlob(term.glob, { ignoreCase: true })
      return (facts) => need(facts.urls, 'key').some(glob)
    }
    default:
      if (!context) throw new Error(`The term ${term.name} needs a context`)
      return compileLocationTerm(term, context)
  }
}

type LocationTerm = Extract<
  Term,
  {
    name:
      | 'in'
      | 'copies'
      | 'inallgroup'
      | 'onlyingroup'
      | 'lackingcopies'
      | 'approxlackingcopies'
      | 'expected-present'
      | WantTermName
  }
>

function compileLocationTerm(term: LocationTerm, context: MatchContext): Matcher {
  switch (term.name) {
    case 'want-get':
    case 'want-drop': {
      const uuid = repositoryOf(term.repository, context)
      return (facts) => facts.wants?.(term.name, uuid) ?? false
    }
    case 'in': {
      const uuid = repositoryOf(term.repository, context)
      if (uuid === context.ownUuid) return (facts) => need(facts.isPresent, 'key')
      return (facts) => need(facts.locations, 'key').has(uuid)
    }
    case 'copies': {
      const counts = locationFilter(term.of, context)
      return (facts) => count(need(facts.locations, 'key'), counts) >= term.count
    }
    case 'expected-present':
      return (facts) => need(facts.locations, 'key').has(context.ownUuid)
    case 'onlyingroup':
      return (facts) => {
        const members = context.membersOf(term.group)
        const locations = [...need(facts.locations, 'key')]
        return locations.length > 0 && locations.every((uuid) => members.has(uuid))
      }
    case 'inallgroup':
      return (facts) => {
        const locations = need(facts.locations, 'key')
        return [...context.membersOf(term.group)].every((uuid) => locations.has(uuid))
      }
    case 'lackingcopies':
    case 'approxlackingcopies': {
      const isSure = (uuid: Uuid) => context.trustOf(uuid) !== 'untrusted'
      return (facts) => {
        const copies = count(need(facts.locations, 'key'), isSure)
        return context.numcopies(facts, term.name === 'lackingcopies') - copies >= term.count
      }
    }
  }
}

function globMatcher(name: 'include' | 'exclude' | 'mimetype' | 'mimeencoding', text: Bytes) {
  const glob = compileGlob(text)
  switch (name) {
    case 'include':
      return (facts: MatchFacts) => glob(need(facts.path, 'file'))
    case 'exclude':
      return (facts: MatchFacts) => !glob(need(facts.path, 'file'))
    case 'mimetype':
      return (facts: MatchFacts) => matchesContent(glob, facts.mimeType, name)
    case 'mimeencoding':
      return (facts: MatchFacts) => matchesContent(glob, facts.mimeEncoding, name)
  }
}

function matchesContent(
  glob: (name: Bytes) => boolean,
  found: Bytes | null | undefined,
  what: string,
): boolean {
  const value = need(found, what)
  return value !== null && glob(value)
}

/** The key's size, or the file's; a key without a size is smaller than anything. */
function compareSize(facts: MatchFacts, limitBytes: bigint): number {
  const size = facts.key?.sizeBytes ?? need(facts.sizeBytes, 'size')
  if (size === null) return -1
  return size > limitBytes ? 1 : size < limitBytes ? -1 : 0
}

const TRUST_ORDER: readonly CountedTrust[] = ['untrusted', 'semitrusted', 'trusted']

function locationFilter(of: CopiesOf, context: MatchContext): (uuid: Uuid) => boolean {
  if (of.kind === 'any') return () => true
  if (of.kind === 'group') {
    const members = context.membersOf(of.group)
    return (uuid) => members.has(uuid)
  }
  const { level, orBetter } = of
  if (!orBetter) return (uuid) => context.trustOf(uuid) === level
  const least = TRUST_ORDER.indexOf(level)
  return (uuid) => TRUST_ORDER.indexOf(context.trustOf(uuid) as CountedTrust) >= least
}

function count(locations: ReadonlySet<Uuid>, counts: (uuid: Uuid) => boolean): number {
  let copies = 0
  for (const uuid of locations) if (counts(uuid)) copies++
  return copies
}

/** The name of the directory that a file is in; undefined at the top. */
function directoryName(path: Bytes): Bytes | undefined {
  return path.split('/').at(-2)
}

/** @throws AnnexError REMOTE_UNKNOWN */
function repositoryOf(name: Bytes, context: MatchContext): Uuid {
  return name === 'here' || name === '.' ? context.ownUuid : context.findRepository(name)
}

function need<T>(fact: T | undefined, what: string): T {
  if (fact !== undefined) return fact
  throw new AnnexError('EXPRESSION_INVALID', `cannot match this expression without ${what} data`)
}
