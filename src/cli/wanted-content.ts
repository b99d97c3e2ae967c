/**
 * Whether a repository wants a content, by its preferred and required content expressions.
 * Implements spec: CLI, sections 6.1 to 6.3. An expression that cannot be understood acts as
 * `present`: get nothing new, drop nothing.
 */
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { parseExpression } from '../model/expression.js'
import { termParser } from '../model/matching-terms.js'
import type { Uuid } from '../model/uuid.js'
import { compileMatcher, type Matcher } from '../policy/matcher.js'
import { expandGroupTerms } from '../policy/standard-groups.js'
import type { Annex } from './annex.js'
import { FoundFacts, type Matchable, OptionContext } from './match-facts.js'

/** Whether something is wanted, as things are now. */
export type Wanted = (found: Matchable) => boolean

/**
 * Compiles what a repository wants.
 * @param whenUnset the answer when nothing is configured for it
 */
export function compileWanted(annex: Annex, uuid: Uuid, whenUnset = true): Wanted {
  const { context, matchers } = compileAll(annex, uuid)
  if (matchers.length === 0) return () => whenUnset
  return (found) => {
    const facts = new RepositoryFacts(annex, { context, found, uuid })
    return matchers.some((matches) => matches(facts))
  }
}

/**
 * Compiles what a repository would still want once it had dropped the content.
 * @returns undefined when nothing is configured for it
 */
export function compileKept(annex: Annex, uuid: Uuid): Wanted | undefined {
  const { context, matchers } = compileAll(annex, uuid)
  if (matchers.length === 0) return undefined
  return (found) => {
    const facts = new FactsWithout(annex, { context, found, uuid })
    return matchers.some((matches) => matches(facts))
  }
}

/**
 * Compiles whether a repository would rather be without a content, whether or not it has it; one for
 * which nothing is configured would.
 */
export function compileUnwanted(annex: Annex, uuid: Uuid): Wanted {
  const { context, matchers } = compileAll(annex, uuid)
  return (found) => {
    const facts = new FactsElsewhere(annex, { context, found, uuid })
    return !matchers.some((matches) => matches(facts))
  }
}

/**
 * Compiles what a repository must keep: its required content, as if it had lost the content.
 * @returns undefined when nothing is required of it
 */
export function compileRequired(annex: Annex, uuid: Uuid): Wanted | undefined {
  const text = annex.branch.uuidLog('required-content.log').get(uuid) ?? ''
  if (!isSet(text)) return undefined
  const context = new RepositoryContext(annex, uuid)
  const matches = compileOrKeep(annex, text, context)
  return (found) => matches(new FactsWithout(annex, { context, found, uuid }))
}

/**
 * Compiles whether a repository must have a content as things are, which it may lack.
 * @returns undefined when nothing is required of it
 */
export function compileMustHave(annex: Annex, uuid: Uuid): Wanted | undefined {
  const text = annex.branch.uuidLog('required-content.log').get(uuid) ?? ''
  if (!isSet(text)) return undefined
  const context = new RepositoryContext(annex, uuid)
  const matches = compileOrKeep(annex, text, context)
  return (found) => matches(new RepositoryFacts(annex, { context, found, uuid }))
}

/** What is required is also wanted. */
function compileAll(annex: Annex, uuid: Uuid) {
  const context = new RepositoryContext(annex, uuid)
  const matchers = ['preferred-content.log', 'required-content.log']
    .map((log) => annex.branch.uuidLog(log).get(uuid) ?? '')
    .filter(isSet)
    .map((text) => compileOrKeep(annex, text, context))
  return { context, matchers }
}

/** Nothing, and nothing in parentheses, is no expression. */
function isSet(text: Bytes): boolean {
  return !/^[\s()]*$/.test(text)
}

function compileOrKeep(annex: Annex, text: Bytes, context: RepositoryContext): Matcher {
  const { branch } = annex
  const expression = expandGroupTerms(text, {
    groups: branch.groups().get(context.ownUuid) ?? [],
    groupWanted: branch.mapLog('group-preferred-content.log'),
  })
  try {
    return compileMatcher(parseExpression(expression, termParser('preferred')), context)
  } catch (error) {
    if (!isAnnexError(error)) throw error
    return (facts) => facts.isPresent ?? false
  }
}

/** The expression of another repository calls that one `here`. */
class RepositoryContext extends OptionContext {
  override readonly ownUuid: Uuid
  readonly preferredDir: Bytes

  constructor(annex: Annex, uuid: Uuid) {
    super(annex)
    this.ownUuid = uuid
    this.preferredDir = annex.branch.remoteConfigs().get(uuid)?.get('preferreddir') ?? 'public'
  }
}

class RepositoryFacts extends FoundFacts {
  readonly #annex: Annex
  readonly #found: Matchable
  protected readonly repository: Uuid

  constructor(
    annex: Annex,
    { context, found, uuid }: { context: OptionContext; found: Matchable; uuid: Uuid },
  ) {
    super(annex, context, found)
    this.#annex = annex
    this.#found = found
    this.repository = uuid
  }

  /** Relative to the top, unlike that of an option. */
  override get path(): Bytes | undefined {
    return this.#found.path
  }

  override get isPresent(): boolean {
    const { store, branch, uuid } = this.#annex
    const { keyText } = this.#found
    return this.repository === uuid
      ? store.has(keyText)
      : branch.locations(keyText).includes(this.repository)
  }
}

/** The same with the copy of the repository not counted. */
class FactsElsewhere extends RepositoryFacts {
  override get locations(): ReadonlySet<Uuid> {
    const others = new Set(super.locations)
    others.delete(this.repository)
    return others
  }
}

/**
 * The same once the repository has dropped the content; but `present` keeps what is there, as it
 * does in git-annex.
 */
class FactsWithout extends FactsElsewhere {
  override get isPresent(): boolean {
    return true
  }
}
