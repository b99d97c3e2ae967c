/**
 * Whether a repository wants a content, by its preferred and required content expressions.
 * Implements spec: CLI, sections 6.1 and 6.2, without `standard` and `groupwanted`, which act as
 * `present` like every expression that cannot be understood: get nothing new, drop nothing.
 */
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { parseExpression } from '../model/expression.js'
import { termParser } from '../model/matching-terms.js'
import type { Uuid } from '../model/uuid.js'
import { compileMatcher, type Matcher } from '../policy/matcher.js'
import type { Annex } from './annex.js'
import { FoundFacts, type Matchable, OptionContext } from './matching.js'

/** Whether something is wanted, as things are now. */
export type Wanted = (found: Matchable) => boolean

/**
 * Compiles what a repository wants.
 * @returns always true when nothing is configured for it
 */
export function compileWanted(annex: Annex, uuid: Uuid): Wanted {
  const texts = ['preferred-content.log', 'required-content.log']
    .map((log) => annex.branch.uuidLog(log).get(uuid) ?? '')
    .filter((text) => text.trim() !== '')
  if (texts.length === 0) return () => true
  const context = new RepositoryContext(annex, uuid)
  const matchers = texts.map((text) => compileOrKeep(text, context))
  return (found) => {
    const facts = new RepositoryFacts(annex, { context, found, uuid })
    return matchers.some((matches) => matches(facts))
  }
}

/**
 * Compiles what a repository must keep: its required content, as if it had lost the content.
 * @returns undefined when nothing is required of it
 */
export function compileRequired(annex: Annex, uuid: Uuid): Wanted | undefined {
  const text = annex.branch.uuidLog('required-content.log').get(uuid) ?? ''
  if (text.trim() === '') return undefined
  const context = new RepositoryContext(annex, uuid)
  const matches = compileOrKeep(text, context)
  return (found) => matches(new FactsWithout(annex, { context, found, uuid }))
}

/**
 * Compiles whether a repository must have a content as things are, which it may lack.
 * @returns undefined when nothing is required of it
 */
export function compileMustHave(annex: Annex, uuid: Uuid): Wanted | undefined {
  const text = annex.branch.uuidLog('required-content.log').get(uuid) ?? ''
  if (text.trim() === '') return undefined
  const context = new RepositoryContext(annex, uuid)
  const matches = compileOrKeep(text, context)
  return (found) => matches(new RepositoryFacts(annex, { context, found, uuid }))
}

function compileOrKeep(text: Bytes, context: RepositoryContext): Matcher {
  try {
    return compileMatcher(parseExpression(text, termParser('preferred')), context)
  } catch (error) {
    if (!isAnnexError(error)) throw error
    return (facts) => facts.isPresent ?? false
  }
}

/** The expression of another repository calls that one `here`. */
class RepositoryContext extends OptionContext {
  override readonly ownUuid: Uuid

  constructor(annex: Annex, uuid: Uuid) {
    super(annex)
    this.ownUuid = uuid
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
    const { store, uuid } = this.#annex
    return this.repository === uuid
      ? store.has(this.#found.keyText)
      : this.locations.has(this.repository)
  }
}

/**
 * The same once the repository has dropped the content; but `present` keeps what is there, as it
 * does in git-annex.
 */
class FactsWithout extends RepositoryFacts {
  override get locations(): ReadonlySet<Uuid> {
    const others = new Set(super.locations)
    others.delete(this.repository)
    return others
  }

  override get isPresent(): boolean {
    return true
  }
}
