/** Arguments, and lines of a batch, that come in pairs: a key and a file, a key and a url. */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { readRequests } from './batch.js'

export interface Pair {
  readonly first: Bytes
  readonly second: Bytes
  /** For JSON: both words, or the line. */
  readonly input: readonly string[]
}

/** What a command expects, and how a line is cut. */
export interface PairForm {
  /** Completes `Batch input parse failure: Expected`. */
  readonly expected: string
  /** Which blank of a line parts the two. */
  readonly cutAt: 'first' | 'last'
}

/**
 * The pairs of a command line, then those of stdin when it is a batch.
 * @throws AnnexError USAGE for a word without its partner
 */
export function* readPairs(
  words: readonly string[],
  options: { readonly batch: boolean; readonly z: boolean },
  form: PairForm,
): Iterable<Pair> {
  if (words.length % 2 !== 0) throw new AnnexError('USAGE', 'expected pairs')
  for (let i = 0; i < words.length; i += 2) {
    const [first, second] = [words[i]!, words[i + 1]!]
    yield { first: bytesFromText(first), second: bytesFromText(second), input: [first, second] }
  }
  if (!options.batch) return
  for (const line of readRequests(options)) {
    const blank = form.cutAt === 'first' ? line.indexOf(' ') : line.lastIndexOf(' ')
    const [first, second] = [line.slice(0, Math.max(blank, 0)), line.slice(blank + 1)]
    if (first === '' || second === '')
      throw new AnnexError('USAGE', `Batch input parse failure: Expected${form.expected}`)
    yield { first, second, input: [bytesToText(line)] }
  }
}
