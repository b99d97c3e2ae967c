/** Which argument of the command line each path came from, and the order that follows from it. */
import { topPath } from '../git/list-files.js'
import { absolute, parentDir } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import type { Annex } from './annex.js'

export interface PathOfWord {
  /** Relative to the top. */
  readonly path: Bytes
  /** Undefined when there were no arguments. */
  readonly word: string | undefined
}

/**
 * Sorts paths by the arguments that name them or a directory above them, then by their bytes.
 * @param words paths relative to the current directory, as text
 */
export function sortByWord(
  { repository, cwd }: Pick<Annex, 'repository' | 'cwd'>,
  paths: Iterable<Bytes>,
  words: readonly string[],
): PathOfWord[] {
  const numbers = new Map<Bytes, number>()
  for (const [number, word] of words.entries()) {
    const place = topPath(repository, absolute(cwd, bytesFromText(word)))
    if (place !== undefined && !numbers.has(place)) numbers.set(place, number)
  }
  return [...paths]
    .map((path) => ({ path, number: firstNumber(path, numbers) }))
    .sort((a, b) => a.number - b.number || (a.path < b.path ? -1 : 1))
    .map(({ path, number }) => ({ path, word: words[number] }))
}

/** The lowest number of the path and the directories above it; of no word: after all others. */
function firstNumber(path: Bytes, numbers: ReadonlyMap<Bytes, number>): number {
  let lowest = numbers.get('') ?? Number.MAX_SAFE_INTEGER
  for (let place = path; place !== '.'; place = parentDir(place)) {
    const number = numbers.get(place)
    if (number !== undefined && number < lowest) lowest = number
  }
  return lowest
}
