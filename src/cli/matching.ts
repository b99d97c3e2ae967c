/** The matching options as a question about what seeking found (spec: CLI, section 4). */
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { parseTokens } from '../model/expression.js'
import { termParser, type WantTermName } from '../model/matching-terms.js'
import type { Uuid } from '../model/uuid.js'
import { compileMatcher } from '../policy/matcher.js'
import type { Annex } from './annex.js'
import { FoundFacts, type Matchable, OptionContext } from './match-facts.js'
import { compileUnwanted, compileWanted, type Wanted } from './wanted-content.js'

/**
 * Compiles matching options.
 * @param tokens as the parser of arguments collected them
 * @returns undefined when there are none: everything matches
 * @throws AnnexError EXPRESSION_INVALID, REMOTE_UNKNOWN, NOT_BUILT_YET
 */
export function compileMatching(
  annex: Annex,
  tokens: readonly Bytes[],
): ((found: Matchable) => boolean) | undefined {
  if (tokens.length === 0) return undefined
  const context = new OptionContext(annex)
  const matcher = compileMatcher(parseTokens(tokens, termParser('options')), context)
  const wishes = new Wishes(annex)
  return (found) => {
    try {
      return matcher(new OptionFacts(annex, { context, found, wishes }))
    } catch (error) {
      // A key without a file has no name that could match.
      if (found.path === undefined && isAnnexError(error, 'EXPRESSION_INVALID')) return false
      throw error
    }
  }
}

/**
 * Compiles matching options about files that are not in the annex yet.
 * @throws AnnexError as {@link compileMatching}; the answer: EXPRESSION_INVALID for a term about keys
 */
export function compileFileMatching(
  annex: Annex,
  tokens: readonly Bytes[],
): (found: { readonly file: Bytes; readonly sizeBytes: bigint | undefined }) => boolean {
  if (tokens.length === 0) return () => true
  const parsed = parseTokens(tokens, termParser('options'))
  const matcher = compileMatcher(parsed, new OptionContext(annex))
  return ({ file, sizeBytes }) => matcher({ path: file, sizeBytes })
}

/** Whether a token asks for the name of a file, which a key alone does not have. */
export function isAboutNames(token: Bytes): boolean {
  return /^(in|ex)clude(samecontent)?(=|$)/.test(token)
}

/** What repositories want by their preferred and required content; each is compiled once. */
class Wishes {
  readonly #annex: Annex
  readonly #compiled = new Map<string, Wanted>()

  constructor(annex: Annex) {
    this.#annex = annex
  }

  /** One for which nothing is configured wants to get nothing and to drop everything. */
  of(name: WantTermName, uuid: Uuid): Wanted {
    const id = `${name} ${uuid}`
    const known = this.#compiled.get(id)
    if (known) return known
    const annex = this.#annex
    const wish =
      name === 'want-drop' ? compileUnwanted(annex, uuid) : compileWanted(annex, uuid, false)
    this.#compiled.set(id, wish)
    return wish
  }
}

class OptionFacts extends FoundFacts {
  readonly #found: Matchable
  readonly #wishes: Wishes

  constructor(
    annex: Annex,
    { context, found, wishes }: { context: OptionContext; found: Matchable; wishes: Wishes },
  ) {
    super(annex, context, found)
    this.#found = found
    this.#wishes = wishes
  }

  wants(name: WantTermName, uuid: Uuid): boolean {
    return this.#wishes.of(name, uuid)(this.#found)
  }
}
