/**
 * From the words of a command line to what a command is given.
 *
 * Our own parser and not yargs', for three reasons: the matching options form an expression, so
 * their order counts; the messages are git-annex's, which programs know (spec: CLI, sections 1, 2);
 * and loading yargs takes 15 ms, five times as long as the rest of a start. Help and completion are
 * yargs' work, from the same {@link OptionSpecs}.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import { parseDuration } from '../model/units.js'
import { type Args, commonOptions, type OptionSpec, type OptionSpecs } from './command.js'
import { MATCHING_SHORT, MATCHING_TERMS } from './matching-options.js'
import { findSimilar } from './similar.js'

/** The part of a command that its arguments are parsed by. */
export interface Grammar<S extends OptionSpecs = OptionSpecs> {
  /** Positional words as help shows them; when empty, none are allowed. */
  readonly usage: string
  readonly options: S
  readonly matching?: boolean
}

/** Why a command line cannot be understood, in git-annex's words. */
export interface ParseProblem {
  readonly problem: string
  /** Options that may have been meant. */
  readonly similar?: readonly string[]
}

/**
 * Parses what follows the command's name. Options and words mix freely; `--` ends the options.
 * @param argv texts as the process got them
 */
export function parseArguments<S extends OptionSpecs>(
  grammar: Grammar<S>,
  argv: readonly string[],
): Args<S> | ParseProblem {
  const parser = new Parser(grammar, argv)
  try {
    parser.parse()
  } catch (error) {
    if (error instanceof Problem) return error.toProblem()
    throw error
  }
  const { words, values, matching } = parser
  if (grammar.usage === '' && words.length > 0)
    return { problem: `Invalid argument \`${words[0]}'` }
  return { words, options: values as Args<S>['options'], matching }
}

/**
 * Splits a command line at the command's name. Common options may stand before it.
 * @returns undefined as the name when there is none; `rest` are all other arguments, in order
 */
export function splitCommand(argv: readonly string[]): { name?: string; rest: string[] } {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (!word.startsWith('-')) return { name: word, rest: argv.filter((_, at) => at !== i) }
    if (takesNextWord(word)) i++
  }
  return { rest: [...argv] }
}

/** Whether the value of an option is the word after it. */
function takesNextWord(word: string): boolean {
  const spec = Object.entries<OptionSpec>(commonOptions).find(
    ([name, { alias }]) => word === `--${name}` || word === `-${alias}`,
  )?.[1]
  return spec !== undefined && spec.type !== 'boolean'
}

/** An option as it stands in the table: a command's own, or a matching term. */
type Known =
  | { readonly kind: 'option'; readonly name: string; readonly spec: OptionSpec }
  | { readonly kind: 'term'; readonly term: string; readonly takesValue: boolean }

/** Carries a problem out of the parser; never leaves this file. */
class Problem {
  readonly #text: string
  readonly #similar: readonly string[]

  constructor(text: string, similar: readonly string[] = []) {
    this.#text = text
    this.#similar = similar
  }

  toProblem(): ParseProblem {
    const similar = this.#similar
    return { problem: this.#text, ...(similar.length > 0 && { similar }) }
  }
}

class Parser {
  readonly words: string[] = []
  readonly values: Record<string, unknown> = {}
  readonly matching: Bytes[] = []
  /** From what is typed, dashes included, to the option. */
  readonly #known = new Map<string, Known>()
  readonly #argv: readonly string[]
  #at = 0

  constructor({ options, matching }: Grammar, argv: readonly string[]) {
    this.#argv = argv
    if (matching) this.#addMatching()
    for (const specs of [commonOptions, options])
      for (const [name, spec] of Object.entries<OptionSpec>(specs)) this.#addOption(name, spec)
  }

  #addMatching(): void {
    const takesValue = (term: string) => typeof MATCHING_TERMS[term] === 'string'
    for (const term of Object.keys(MATCHING_TERMS))
      this.#known.set(`--${term}`, { kind: 'term', term, takesValue: takesValue(term) })
    for (const [short, term] of Object.entries(MATCHING_SHORT))
      this.#known.set(`-${short}`, { kind: 'term', term, takesValue: takesValue(term) })
  }

  #addOption(name: string, spec: OptionSpec): void {
    if (name.length > 1) this.#known.set(`--${name}`, { kind: 'option', name, spec })
    if (spec.alias) this.#known.set(`-${spec.alias}`, { kind: 'option', name, spec })
    if (spec.type === 'boolean') this.values[name] = false
    if (spec.type === 'strings') this.values[name] = []
  }

  parse(): void {
    while (this.#at < this.#argv.length) {
      const word = this.#argv[this.#at++]!
      if (word === '--') {
        this.words.push(...this.#argv.slice(this.#at))
        return
      }
      if (word.startsWith('--')) this.#long(word)
      else if (word.startsWith('-') && word !== '-') this.#short(word)
      else this.words.push(word)
    }
  }

  #long(word: string): void {
    const equals = word.indexOf('=')
    const typed = equals < 0 ? word : word.slice(0, equals)
    const known = this.#known.get(typed)
    if (!known || (equals >= 0 && !takesValue(known))) {
      const others = known ? [] : [...this.#known.keys()].filter((name) => name.length > 2)
      throw new Problem(`Invalid option \`${word}'`, findSimilar(typed, others))
    }
    if (!takesValue(known)) this.#take(known, typed, '')
    else this.#take(known, typed, equals < 0 ? this.#next(typed) : word.slice(equals + 1))
  }

  /** Short options may be bundled: `-qF`, `-J2`, `-qJ 2`. */
  #short(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const typed = `-${word[at]}`
      const known = this.#known.get(typed)
      if (!known) throw new Problem(`Invalid option \`${at === 1 ? word : typed}'`)
      if (takesValue(known)) {
        this.#take(known, typed, at + 1 < word.length ? word.slice(at + 1) : this.#next(typed))
        return
      }
      this.#take(known, typed, '')
    }
  }

  /** The argument after the current one, as an option's value. */
  #next(typed: string): string {
    const value = this.#argv[this.#at++]
    if (value === undefined) throw new Problem(`The option \`${typed}\` expects an argument.`)
    return value
  }

  #take(known: Known, typed: string, text: string): void {
    if (known.kind === 'term') {
      this.matching.push(known.takesValue ? `${known.term}=${bytesFromText(text)}` : known.term)
      return
    }
    const { name, spec } = known
    const value = parseValue(spec, typed, text)
    if (spec.type === 'strings') (this.values[name] as string[]).push(text)
    else this.values[name] = value
  }
}

function takesValue(known: Known): boolean {
  return known.kind === 'term' ? known.takesValue : known.spec.type !== 'boolean'
}

function parseValue({ type }: OptionSpec, typed: string, text: string): unknown {
  switch (type) {
    case 'boolean':
      return true
    case 'number':
      if (!/^-?\d+$/.test(text)) throw cannotParse(typed, text)
      return Number(text)
    case 'jobs':
      if (text === 'cpus' || text === 'cpu') return 'cpus'
      if (!/^[1-9]\d*$/.test(text)) throw cannotParse(typed, text)
      return Number(text)
    case 'key': {
      const key = parseKey(bytesFromText(text))
      if (!key) throw new Problem(`option ${typed}: invalid key`)
      return key
    }
    case 'duration': {
      const seconds = parseDuration(text)
      if (seconds !== undefined) return seconds
      const expected = '(expected eg "5m" or "1h5m")'
      throw new Problem(`option ${typed}: failed to parse duration "${text}" ${expected}`)
    }
    default:
      return text
  }
}

function cannotParse(typed: string, text: string): Problem {
  return new Problem(`option ${typed}: cannot parse value \`${text}'`)
}
