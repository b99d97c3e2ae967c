/**
 * From the arguments of a command to the annexed things it works on (spec: CLI, sections 3 and 9).
 *
 * Files that are not annexed are passed over in silence. A path that git does not know is told in
 * git's own words and counts as a failure; the others are still worked on.
 */
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { selectEntries, unmatchedMessage } from '../git/list-files.js'
import { join } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import { formatKey, type Key, parseKey } from '../model/key.js'
import { isThere } from '../platform/quick-stat.js'
import type { Annex } from './annex.js'
import { readRequests } from './batch.js'
import type { Item, OptionSpecs } from './command.js'
import { FreshIndex } from './fresh-index.js'
import type { Matchable } from './match-facts.js'
import { compileMatching, isAboutNames } from './matching.js'
import {
  allKeys,
  annexedFilesOfTree,
  failedTransfers,
  incompleteKeys,
  readUnusedKeys,
} from './seek-keys.js'
import { pathShower } from './shown-path.js'

/** Options of commands that also take keys, or another tree's files, instead of paths. */
export const seekOptions = {
  all: { type: 'boolean', alias: 'A', summary: 'all keys, whichever files have them' },
  branch: { type: 'string', value: 'REF', summary: 'the files of a branch or tree' },
  unused: { type: 'boolean', alias: 'U', summary: 'the keys that "unused" found last' },
  key: { type: 'key', value: 'KEY', summary: 'this key' },
  'batch-keys': { type: 'boolean', summary: 'read keys from stdin, one a line' },
} as const satisfies OptionSpecs

/** Options of commands that can take up what an earlier one did not bring to its end. */
export const failedOption = {
  failed: { type: 'boolean', summary: 'what could not be transferred before' },
} as const satisfies OptionSpecs

/** One annexed thing. It can be an action's item as it is. */
export interface Found extends Item, Matchable {
  readonly file: Bytes | null
  readonly keyText: Bytes
  readonly input: readonly string[]
}

/** The arguments that choose; a command has some of the options. */
export interface Choice {
  readonly words: readonly string[]
  readonly matching: readonly Bytes[]
  readonly options: {
    readonly all?: boolean
    readonly branch?: string | undefined
    readonly unused?: boolean
    readonly key?: Key | undefined
    readonly failed?: boolean
    readonly incomplete?: boolean
    readonly batch?: boolean
    readonly 'batch-keys'?: boolean
    readonly z?: boolean
  }
}

/**
 * Finds what the arguments choose, in the order of the index or of the requests.
 * @returns annexed things; in a batch, undefined for a request that names none
 * @throws AnnexError USAGE when the options contradict each other
 */
export function seek(annex: Annex, choice: Choice): Iterable<Found | undefined> {
  const { matching, options } = choice
  const { all, unused, key, failed, incomplete } = options
  if ((all || unused || key || failed || incomplete) && matching.some(isAboutNames))
    throw new AnnexError(
      'USAGE',
      'Cannot use --all or --unused or --key or --incomplete with options that match on file names.',
    )
  const matches = compileMatching(annex, matching)
  const chosen = choose(annex, choice)
  return matches === undefined ? chosen : filterChosen(chosen, matches)
}

/** What does not match is nothing to be done; the runner answers it in a batch only. */
function* filterChosen(
  chosen: Iterable<Found | undefined>,
  matches: (found: Found) => boolean,
): Iterable<Found | undefined> {
  for (const found of chosen) yield found && matches(found) ? found : undefined
}

function choose(annex: Annex, { words, options }: Choice): Iterable<Found | undefined> {
  refuseContradiction(words, options)
  const z = options.z ?? false
  if (options['batch-keys']) return requestedKeys(z)
  if (options.batch) return requestedFiles(annex, z)
  if (options.key) return [foundKey(formatKey(options.key))]
  if (options.branch !== undefined) return filesOfTree(annex, options.branch)
  if (options.unused) return foundKeys(readUnusedKeys(annex))
  if (options.failed) return failedOnes(annex)
  if (options.incomplete) return foundKeys(incompleteKeys(annex))
  if (options.all || annex.repository.workTree === undefined) return foundKeys(allKeys(annex))
  return chosenFiles(annex, words)
}

function refuseContradiction(words: Choice['words'], options: Choice['options']): void {
  const { all, branch, unused, key, failed, incomplete, batch } = options
  const isBranch = branch !== undefined
  const ways = [all, isBranch, unused, key, failed, incomplete].filter(Boolean).length
  if ((batch || options['batch-keys']) && ways + words.length > 0)
    throw new AnnexError('USAGE', 'Cannot combine batch option with file or key options')
  if (ways > 1 || (ways === 1 && words.length > 0))
    throw new AnnexError(
      'USAGE',
      'Can only specify one of file names, --all, --branch, --unused, --failed, --key, or --incomplete',
    )
}

function* foundKeys(keyTexts: Iterable<Bytes>): Iterable<Found> {
  for (const keyText of keyTexts) yield foundKey(keyText)
}

/** People are shown the file that a transfer was for; it may be another's by now. */
function* failedOnes(annex: Annex): Iterable<Found> {
  for (const { keyText, file } of failedTransfers(annex))
    yield { ...foundKey(keyText), path: file, ...(file && { label: bytesToText(file) }) }
}

/** A key that was not found by way of a file. @param input the request it came from */
function foundKey(keyText: Bytes, input: readonly string[] = []): Found {
  return { file: null, keyText, path: undefined, entry: undefined, input }
}

/** The annexed files of a branch or tree; they have no place in the work tree. */
function* filesOfTree(annex: Annex, ref: string): Iterable<Found> {
  for (const { path, keyText } of annexedFilesOfTree(annex, ref))
    yield { ...foundKey(keyText), path, label: `${ref}:${bytesToText(path)}` }
}

function* chosenFiles(annex: Annex, words: readonly string[]): Iterable<Found> {
  const show = pathShower(annex.repository, annex.cwd)
  const seen = new Set<Bytes>()
  for (const { word, entries } of select(annex, words)) {
    annex.blobKeys.resolve(entries)
    for (const entry of entries) {
      if (words.length > 1 || entry.stage > 0) {
        if (seen.has(entry.path)) continue
        seen.add(entry.path)
      }
      const found = foundFile(annex, entry, show)
      if (found) yield word === undefined ? found : { ...found, input: [word] }
    }
  }
}

/** What one word of the command line means; no word: everything in the current directory. */
interface Selected {
  readonly word: string | undefined
  readonly entries: readonly IndexEntry[]
}

/** Expands the words. Those that mean nothing are told at once, and count as one failure. */
function select({ repository, cwd, messages }: Annex, words: readonly string[]): Selected[] {
  const all = readIndexEntries(repository)
  const unmatched: string[] = []
  const expand = (word: string | undefined): Selected => {
    const selection = selectEntries(repository, {
      cwd,
      words: word === undefined ? [] : [word],
      entries: all,
    })
    unmatched.push(...selection.unmatched)
    return { word, entries: selection.entries }
  }
  try {
    const selected = words.length > 0 ? words.map(expand) : [expand(undefined)]
    if (unmatched.length > 0) messages.failure(unmatchedMessage(unmatched))
    return selected
  } catch (error) {
    if (!isAnnexError(error, 'USAGE')) throw error
    messages.failure(`fatal: ${error.message}`)
    return []
  }
}

function foundFile(
  annex: Annex,
  entry: IndexEntry,
  show: (path: Bytes) => Bytes,
): Found | undefined {
  const keyText = annex.blobKeys.keyTextOf(entry)
  // What was deleted from the work tree is not worked on, though the index still has it.
  if (keyText === undefined || !isThere(join(annex.repository.workTree!, entry.path)))
    return undefined
  const file = show(entry.path)
  return { file, keyText, path: entry.path, entry, input: [bytesToText(file)] }
}

/** Whoever writes the requests may change files between them. */
function* requestedFiles(annex: Annex, z: boolean): Iterable<Found | undefined> {
  const index = new FreshIndex(annex)
  for (const line of readRequests({ z })) {
    const found = index.find(line)
    // The name as it was typed, so that whoever asked finds the answer.
    yield found && { ...found, file: line, input: [bytesToText(line)] }
  }
}

function* requestedKeys(z: boolean): Iterable<Found> {
  for (const line of readRequests({ z })) {
    const key = parseKey(line)
    if (!key) throw new AnnexError('USAGE', 'Batch input parse failure: not a valid key')
    yield foundKey(formatKey(key), [bytesToText(line)])
  }
}
