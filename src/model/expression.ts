/**
 * The grammar of matching expressions: largefiles, preferred content and the matching options of the
 * command line are three dialects of it.
 *
 * Pure. Implements spec: command line, sections 4.1 and 6.1, and repository layout, section 11.1.
 * `and` and `or` have equal precedence and associate to the left; nothing about operators and
 * parentheses is an error, but an unknown term is: guessing what is annexed loses data.
 */
import { type Bytes, bytesToText } from './bytes.js'
import { AnnexError } from './errors.js'

/** An expression over terms of any kind; `anything` also stands where a term is missing. */
export type Expression<T> =
  | { readonly kind: 'anything' }
  | { readonly kind: 'term'; readonly term: T }
  | { readonly kind: 'not'; readonly operand: Expression<T> }
  | { readonly kind: 'and' | 'or'; readonly left: Expression<T>; readonly right: Expression<T> }

/** Reads one token that is no operator as a term. @throws AnnexError EXPRESSION_INVALID */
export type TermParser<T> = (token: Bytes) => T

const ANYTHING = { kind: 'anything' } as const

/**
 * Parses the text of an expression: tokens end at white space, parentheses stand for themselves.
 * @throws AnnexError EXPRESSION_INVALID
 */
export function parseExpression<T>(text: Bytes, parseTerm: TermParser<T>): Expression<T> {
  return parseTokens(text.match(/[()]|[^\s()]+/g) ?? [], parseTerm)
}

/**
 * Parses an expression that is split already, as the command line's is.
 * @param tokens `and`, `or`, `not`, `(`, `)` and terms, in which any character may stand
 * @throws AnnexError EXPRESSION_INVALID
 */
export function parseTokens<T>(tokens: readonly Bytes[], parseTerm: TermParser<T>): Expression<T> {
  return new Parser(withoutStrayClosings(tokens), parseTerm).parseGroup()
}

/** A parenthesis that closes nothing is passed over; one that is never closed ends at the end. */
function withoutStrayClosings(tokens: readonly Bytes[]): readonly Bytes[] {
  let depth = 0
  return tokens.filter((token) => {
    if (token === ')' && depth === 0) return false
    if (token === '(') depth++
    else if (token === ')') depth--
    return true
  })
}

/** Whether an expression says nothing: empty, or empty parentheses. */
export function isEmptyExpression(expression: Expression<unknown>): boolean {
  return expression.kind === 'anything'
}

/** The terms of an expression, from left to right. */
export function* termsOf<T>(expression: Expression<T>): Iterable<T> {
  if (expression.kind === 'term') yield expression.term
  else if (expression.kind === 'not') yield* termsOf(expression.operand)
  else if (expression.kind !== 'anything') {
    yield* termsOf(expression.left)
    yield* termsOf(expression.right)
  }
}

/** The error for a term that a dialect does not have, in git-annex's words. */
export function parseFailure(token: Bytes): AnnexError {
  return new AnnexError('EXPRESSION_INVALID', `Parse failure: near "${bytesToText(token)}"`)
}

class Parser<T> {
  readonly #tokens: readonly Bytes[]
  readonly #parseTerm: TermParser<T>
  #at = 0

  constructor(tokens: readonly Bytes[], parseTerm: TermParser<T>) {
    this.#tokens = tokens
    this.#parseTerm = parseTerm
  }

  /** Up to the end or past the closing parenthesis. */
  parseGroup(): Expression<T> {
    let expression: Expression<T> = ANYTHING
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== ')')
      expression = this.#parseNext(expression)
    this.#at++
    return expression
  }

  /** One operator with what follows it, or one term or group joined by *and*. */
  #parseNext(left: Expression<T>): Expression<T> {
    const token = this.#tokens[this.#at++]!
    switch (token) {
      case 'and':
        return both(left, this.#parseOperand())
      case 'or':
        return { kind: 'or', left, right: this.#parseOperand() }
      case 'not':
        return both(left, { kind: 'not', operand: this.#parseOperand() })
      case '(':
        return both(left, this.parseGroup())
      default:
        return both(left, { kind: 'term', term: this.#parseTerm(token) })
    }
  }

  /** What an operator applies to; nothing there matches everything. */
  #parseOperand(): Expression<T> {
    const token = this.#tokens[this.#at]
    return token === undefined || token === ')' ? ANYTHING : this.#parseNext(ANYTHING)
  }
}

function both<T>(left: Expression<T>, right: Expression<T>): Expression<T> {
  if (left.kind === 'anything') return right
  return right.kind === 'anything' ? left : { kind: 'and', left, right }
}
