/** `git annex matchexpression EXPRESSION`: whether what is given matches; the exit status tells. */
import type { Annex } from '../cli/annex.js'
import type { Command } from '../cli/command.js'
import { FoundFacts, OptionContext } from '../cli/match-facts.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { parseExpression } from '../model/expression.js'
import { formatKey } from '../model/key.js'
import { termParser } from '../model/matching-terms.js'
import { parseSize } from '../model/units.js'
import { compileMatcher, type Matcher, type MatchFacts } from '../policy/matcher.js'

const options = {
  largefiles: { type: 'boolean', summary: 'an expression of annex.largefiles' },
  file: { type: 'string', value: 'FILE', summary: 'name of the file, which need not exist' },
  key: { type: 'key', value: 'KEY', summary: 'key' },
  size: { type: 'string', value: 'SIZE', summary: 'size of the file' },
  mimetype: { type: 'string', value: 'VALUE', summary: 'MIME type of the file' },
  mimeencoding: { type: 'string', value: 'VALUE', summary: 'MIME encoding of the file' },
} as const

type Given = Parameters<typeof matchexpression.run>[1]['options']

export const matchexpression: Command<typeof options, 'annex'> = {
  name: 'matchexpression',
  section: 'plumbing',
  summary: 'checks whether an expression matches',
  usage: 'EXPRESSION',
  needs: 'annex',
  leavesJournal: true,
  options,
  async *run(annex, { words, options }) {
    const [expression, ...others] = words
    if (expression === undefined || others.length > 0)
      throw new AnnexError('USAGE', 'git annex matchexpression takes one expression')
    const size = options.size === undefined ? undefined : parseSize(options.size)
    if (options.size !== undefined && size === undefined)
      throw new AnnexError('USAGE', `option --size: cannot parse "${options.size}" as a size`)
    const context = new OptionContext(annex)
    const matches = compile(bytesFromText(expression), context, options.largefiles)
    const facts = givenFacts(annex, context, { ...options, sizeBytes: size })
    yield {
      command: 'matchexpression',
      item: {},
      answer: true,
      perform: () => decide(matches, facts),
    }
  },
}

/** @throws AnnexError EXPRESSION_UNDECIDED */
function compile(text: Bytes, context: OptionContext, isLargefiles: boolean): Matcher {
  try {
    if (isLargefiles)
      return compileMatcher(parseExpression(text, termParser('largefiles')), context)
    // What the groups want is left out of it.
    const known = text.replace(/(?<![^\s()])(?:standard|groupwanted)(?![^\s()])/g, 'anything')
    return compileMatcher(parseExpression(known, termParser('preferred')), context)
  } catch (error) {
    if (!isAnnexError(error)) throw error
    throw new AnnexError('EXPRESSION_UNDECIDED', `bad expression: ${error.message}`)
  }
}

/** @throws AnnexError EXPRESSION_UNDECIDED */
function decide(matches: Matcher, facts: MatchFacts): boolean {
  try {
    return matches(facts)
  } catch (error) {
    if (!isAnnexError(error, 'EXPRESSION_INVALID')) throw error
    throw new AnnexError('EXPRESSION_UNDECIDED', error.message)
  }
}

/** What is known; what was not given cannot be asked for. */
function givenFacts(
  annex: Annex,
  context: OptionContext,
  { file, key, sizeBytes, mimetype, mimeencoding }: Given & { sizeBytes: bigint | undefined },
): MatchFacts {
  const bytes = (text: string | undefined) => (text === undefined ? undefined : bytesFromText(text))
  const found =
    key &&
    new FoundFacts(annex, context, {
      file: null,
      path: undefined,
      entry: undefined,
      keyText: formatKey(key),
    })
  return {
    path: bytes(file),
    key,
    sizeBytes,
    mimeType: bytes(mimetype),
    mimeEncoding: bytes(mimeencoding),
    // Looked up when a term asks, and only for the key that was given.
    get locations() {
      return found?.locations
    },
    get isPresent() {
      return found?.isPresent
    },
    get isUnused() {
      return found?.isUnused
    },
    get urls() {
      return found?.urls
    },
    get metadata() {
      return found?.metadata
    },
  }
}
