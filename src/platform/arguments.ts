/** The words that this program was called with, and words for child processes, when they are no UTF-8. */
import { type Bytes, bytesFromText, bytesToText, hasKeptBytes } from '../model/bytes.js'
import * as files from './files.js'

/** What the runtime makes of a byte that is no UTF-8. */
const LOST = '\ufffd'

/**
 * Our arguments, without the program. The runtime has lost what is no UTF-8; the system still knows it.
 * @param argv as the runtime has them
 * @returns as text that `bytesFromText` turns into the bytes that were given
 */
export function programArguments(argv: readonly string[]): readonly string[] {
  if (!argv.some((word) => word.includes(LOST))) return argv
  const words =
    files.readFile('/proc/self/cmdline')?.toString('latin1').split('\0').slice(0, -1) ?? []
  return words.length < argv.length
    ? argv
    : words.slice(words.length - argv.length).map((word) => bytesToText(word))
}

/**
 * A command line that any runtime can start: where a word or the directory is no UTF-8, a shell makes
 * the bytes of octal numbers, and becomes the program.
 * @param argv as text from `bytesToText`
 * @param cwd the same; the directory to run in
 */
export function startable(
  argv: readonly [string, ...string[]],
  cwd: string | undefined,
): { readonly argv: readonly [string, ...string[]]; readonly cwd: string | undefined } {
  const isElsewhere = cwd !== undefined && hasKeptBytes(cwd)
  if (!isElsewhere && !argv.some(hasKeptBytes)) return { argv, cwd }
  const words = (isElsewhere ? [cwd, ...argv] : argv).map((word) => octal(bytesFromText(word)))
  const lines = words.map((word, i) => `w${i}=$(printf '${word}.')`)
  const names = words.map((_, i) => `"\${w${i}%.}"`)
  const go = isElsewhere ? `cd ${names.shift()} && ` : ''
  const script = `${lines.join('\n')}\n${go}exec ${names.join(' ')}`
  return { argv: ['sh', '-c', script], cwd: isElsewhere ? undefined : cwd }
}

function octal(word: Bytes): string {
  return word.replace(/[\s\S]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
