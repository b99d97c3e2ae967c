/**
 * The lists of unused contents under the annex directory: `unused`, `badunused` (put aside by fsck) and
 * `tmpunused` (downloads broken off). Numbers go on from one to the next, so that one is enough to
 * tell a content. Implements spec: numcopies, section 7.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { formatUnusedList, parseUnusedList, type UnusedKey } from '../model/unused-list.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs } from '../platform/make-dirs.js'

export type UnusedKind = '' | 'bad' | 'tmp'
const KINDS: readonly UnusedKind[] = ['', 'bad', 'tmp']

/** One unused content and which list it is in. */
export interface NumberedUnused extends UnusedKey {
  readonly kind: UnusedKind
}

/** Reads a list; empty when there is none. */
export function readUnusedList({ annexDir }: Repository, kind: UnusedKind): UnusedKey[] {
  return parseUnusedList(files.readFile(`${annexDir}/${kind}unused`)?.toString('latin1') ?? '')
}

/**
 * Writes a list. Keys that were in it before keep the time since when they are unused.
 * @param first the number of the first key
 */
export function writeUnusedList(
  repository: Repository,
  { kind, keyTexts, first }: { kind: UnusedKind; keyTexts: readonly Bytes[]; first: number },
): UnusedKey[] {
  const before = new Map(readUnusedList(repository, kind).map((key) => [key.keyText, key.since]))
  const now = (Date.now() / 1000).toString()
  const keys = keyTexts.map((keyText, i) => {
    return { number: first + i, keyText, since: before.has(keyText) ? before.get(keyText) : now }
  })
  makeAnnexDirs(repository.annexDir)
  files.replaceFile(`${repository.annexDir}/${kind}unused`, formatUnusedList(keys))
  return keys
}

/**
 * What the numbers on a command line mean, in their order.
 * @param words numbers, ranges such as `1-10`, or `all`
 * @throws AnnexError USAGE for what is neither; while they are walked through, for a number that is
 *   in no list
 */
export function selectUnused(
  repository: Repository,
  words: readonly string[],
): Iterable<NumberedUnused> {
  const byNumber = new Map<number, NumberedUnused>()
  for (const kind of [...KINDS].reverse())
    for (const key of readUnusedList(repository, kind)) byNumber.set(key.number, { ...key, kind })
  const ranges = words.map((word) => parseRange(word, [...byNumber.keys()]))
  return findAll(byNumber, ranges)
}

function* findAll(
  byNumber: ReadonlyMap<number, NumberedUnused>,
  ranges: readonly Range[],
): Iterable<NumberedUnused> {
  for (const { first, last } of ranges)
    for (let number = first; number <= last; number++) {
      const found = byNumber.get(number)
      if (found) yield found
      else throw new AnnexError('USAGE', `${number} not valid (run git annex unused for list)`)
    }
}

interface Range {
  readonly first: number
  readonly last: number
}

function parseRange(word: string, numbers: readonly number[]): Range {
  if (word === 'all') {
    // Not by Math.min(...): there may be more than fit on the stack.
    let [first, last] = [Number.POSITIVE_INFINITY, 0]
    for (const number of numbers) [first, last] = [Math.min(first, number), Math.max(last, number)]
    return { first, last }
  }
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? []
  if (first === undefined) throw new AnnexError('USAGE', `Expected number or range, not "${word}"`)
  return { first: Number(first), last: Number(last ?? first) }
}
