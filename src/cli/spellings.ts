/**
 * The spellings of git-annex's first design: `git annex --get FILE`, and `--push` and `--pull`, which
 * move the contents of all annexed files.
 */
import { AnnexError } from '../model/errors.js'

/** A command line in today's words. */
export interface Spelled {
  readonly argv: readonly string[]
  /** It is about all files, wherever in the work tree it is run. */
  readonly isAboutAll: boolean
}

const PLAIN = ['--add', '--get', '--drop', '--want', '--unannex']
const ALL: Readonly<Record<string, readonly string[]>> = {
  '--push': ['copy', '--to'],
  '--pull': ['get', '--from'],
}

/**
 * Translates a command line that begins with such a word.
 * @returns one command line for each repository named; undefined for any other command line
 * @throws AnnexError USAGE when no repository is named
 */
export function translateSpelling(argv: readonly string[]): readonly Spelled[] | undefined {
  const [word = '', ...rest] = argv
  if (PLAIN.includes(word)) return [{ argv: [word.slice(2), ...rest], isAboutAll: false }]
  const all = Object.hasOwn(ALL, word) ? ALL[word]! : undefined
  if (!all) return undefined
  const names = rest.filter((one) => !one.startsWith('-'))
  const options = rest.filter((one) => one.startsWith('-'))
  if (names.length === 0)
    throw new AnnexError('USAGE', `Name the repository: git annex ${word} REMOTE`)
  return names.map((name) => ({ argv: [...all, name, ...options], isAboutAll: true }))
}
