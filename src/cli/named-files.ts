/**
 * `git annex FILE …`, as in git-annex's first design: adds a file that git does not know, gets the
 * content of one that is annexed.
 */
import { readIndexEntries } from '../git/index-file.js'
import { selectEntries } from '../git/list-files.js'
import { absolute, findRepository, type Surroundings } from '../git/repository.js'
import { bytesFromText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'

/** What is to be done with the words; a directory can be in both. */
export interface NamedFiles {
  readonly toAdd: readonly string[]
  readonly toGet: readonly string[]
}

/** @returns undefined unless every word is a file or directory of the work tree, or was one */
export function findNamedFiles(
  words: readonly string[],
  surroundings: Surroundings,
): NamedFiles | undefined {
  try {
    const repository = findRepository(surroundings)
    if (repository.workTree === undefined) return undefined
    const entries = readIndexEntries(repository)
    const { cwd } = surroundings
    const isKnown = (word: string) =>
      selectEntries(repository, { cwd, words: [word], entries }).entries.length > 0
    const toGet = words.filter(isKnown)
    const toAdd = words.filter((word) => {
      const stat = files.lstat(absolute(cwd, bytesFromText(word)))
      return stat !== undefined && (stat.isDirectory() || !toGet.includes(word))
    })
    return words.every((word) => toGet.includes(word) || toAdd.includes(word))
      ? { toAdd, toGet }
      : undefined
  } catch (error) {
    if (!isAnnexError(error, 'NOT_A_REPOSITORY') && !isAnnexError(error, 'USAGE')) throw error
    return undefined
  }
}
