/**
 * The command line of git-annex-shell. sshd hands over what the client wants as one string; it is cut
 * into words here, by the rules of quoting, and nothing in it is ever evaluated by a shell.
 * Implements spec: transfer, section 2.
 */
import { AnnexError } from '../model/errors.js'

/** A command line for a command of ours. */
export interface CommandLine {
  readonly command: string
  readonly directory: string | undefined
  readonly parameters: readonly string[]
  readonly force: boolean
  /** The uuid that the repository must have. */
  readonly uuid: string | undefined
  readonly fields: ReadonlyMap<string, string>
  readonly rsyncOptions: readonly string[]
}

/** Options that other commands of git-annex know as well, and that change nothing here. */
const IGNORED = /^(--debug|--no-debug|--quiet|--verbose|-d|-q|-v|--fast|-F|--debugfilter=.*)$/
/** Each known field, with what its value may be. */
const FIELDS: Readonly<Record<string, RegExp>> = {
  remoteuuid: /^[A-Za-z0-9-]+$/,
  unlocked: /^1$/,
  autoinit: /^1$/,
}

/**
 * Cuts a string into words as a POSIX shell would, quotes and backslashes removed. Expansions and
 * operators have no meaning: their signs are ordinary characters.
 * @throws AnnexError USAGE when a quote is not closed
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  const pattern = /\s+|((?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\])+)/gy
  let end = 0
  for (const match of line.matchAll(pattern)) {
    end = match.index + match[0].length
    if (match[1] !== undefined) words.push(unquote(match[1]))
  }
  if (end === line.length) return words
  throw new AnnexError('USAGE', `bad parameters: a quote is not closed in: ${line}`)
}

function unquote(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\([$`"\\])/g, '$1').replaceAll('\\\n', '') ?? escaped!,
  )
}

/**
 * Takes the words of a command line apart.
 * @param words the first is the command
 * @throws AnnexError USAGE for an option that is not known
 */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const [command = '', ...rest] = words
  const [own, fieldWords, rsyncOptions] = splitAtDashes(rest)
  const plain: string[] = []
  let force = false
  let uuid: string | undefined
  for (let at = 0; at < own.length; at++) {
    const word = own[at]!
    if (word === '--force') force = true
    else if (word === '--uuid') uuid = own[++at] ?? ''
    else if (word.startsWith('--uuid=')) uuid = word.slice('--uuid='.length)
    else if (IGNORED.test(word)) continue
    else if (/^-./.test(word)) throw new AnnexError('USAGE', `Invalid option \`${word}'`)
    else plain.push(word)
  }
  const [directory, ...parameters] = plain
  const fields = parseFields(fieldWords)
  return { command, directory, parameters, force, uuid, fields, rsyncOptions }
}

/** Own words, fields up to the next `--`, and the rest. */
function splitAtDashes(words: readonly string[]): [string[], string[], string[]] {
  const first = words.indexOf('--')
  if (first < 0) return [[...words], [], []]
  const behind = words.slice(first + 1)
  const second = behind.indexOf('--')
  const own = words.slice(0, first)
  if (second < 0) return [own, behind, []]
  return [own, behind.slice(0, second), behind.slice(second + 1).filter((word) => word !== '--')]
}

function parseFields(words: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const word of words) {
    const [, name, value] = /^([a-z]+)=([\s\S]*)$/.exec(word) ?? []
    if (name !== undefined && Object.hasOwn(FIELDS, name) && FIELDS[name]!.test(value!))
      fields.set(name, value!)
  }
  return fields
}
