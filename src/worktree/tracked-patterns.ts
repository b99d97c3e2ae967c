/**
 * The patterns of `git annex track`: lines of the `.gitattributes` at the top of the work tree, and
 * whether they make the line that sends every file through the filter needless.
 *
 * All lines stand in one file, because init (and git-annex's own) looks there to know whether a
 * repository uses patterns. Implements spec: repository layout, section 2.4; git filter, traps 15,
 * 24, 25, 30.
 */
import { stageAsOrdinary } from '../git/add-ordinary.js'
import {
  linesWith,
  literalPattern,
  MAX_LINE_BYTES,
  withAttributes,
  withoutAttributes,
} from '../git/attribute-lines.js'
import { checkAttributes } from '../git/check-attr.js'
import { addCatchAll, hasCatchAll, removeCatchAll } from '../git/filter-settings.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { entriesAt } from '../git/list-files.js'
import { blobOid, objectFormat } from '../git/object-format.js'
import { ATTRIBUTES_FILE, findOtherFilter, readAttributesFiles } from '../git/other-filters.js'
import { join, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { annexedFiles, isPopulatable } from './annexed-files.js'
import type { WorkTreeOwner } from './updates.js'

/**
 * What a tracked pattern gets. `merge=binary` is git's own: it keeps our side in the work tree and
 * leaves the conflict in the index. The last three keep git's conversions away from pointers.
 */
const ATTRIBUTES: readonly Bytes[] = [
  'filter=annex',
  'annex.largefiles=anything',
  'diff=annex',
  'merge=binary',
  '-text',
  '-ident',
  '-working-tree-encoding',
]

/**
 * The pattern for what was typed: relative to the top, where the file with the lines stands.
 * @param typed as in gitattributes(5), relative to `dir`; a `!` at its beginning is meant literally,
 *   a directory stands for all in it, and the name of a file with wildcards for that file
 * @param dir relative to the top, empty for the top
 * @throws AnnexError USAGE when no line can hold it
 */
export function patternFor(repository: Repository, typed: Bytes, dir: Bytes): Bytes {
  const place = typed.replace(/^(\.\/+)+/, '')
  // Longer ones, and what git takes for a macro, would be ignored without a word.
  if (place === '' || place.startsWith('[attr]') || place.length > MAX_LINE_BYTES / 2)
    throw new AnnexError('USAGE', `"${typed.slice(0, 80)}" cannot be a pattern of gitattributes`)
  const at = place.replace(/^\/+/, '')
  const stat = at === '' ? undefined : files.lstat(join(repository.workTree!, join(dir, at)))
  let pattern = stat && /[*?[\\]/.test(at) ? literalPattern(place) : place
  if (pattern.endsWith('/')) pattern = `${pattern}**`
  else if (stat?.isDirectory()) pattern = `${pattern}/**`
  if (dir !== '') pattern = below(literalPattern(dir), pattern)
  return pattern.replace(/^!/, '\\!')
}

function below(dir: Bytes, pattern: Bytes): Bytes {
  if (pattern.startsWith('/')) return `${dir}${pattern}`
  return pattern.includes('/') ? `${dir}/${pattern}` : `${dir}/**/${pattern}`
}

/** A pattern whose files go through the filter. */
export interface TrackedPattern {
  readonly pattern: Bytes
  /** Relative to the top. */
  readonly file: Bytes
  /** Counted from 1. */
  readonly line: number
}

/** All patterns with the filter in the attributes files of the work tree. */
export function listTracked(repository: Repository): TrackedPattern[] {
  return readAttributesFiles(repository).flatMap(({ path, text }) =>
    linesWith(text, 'filter', 'annex').map((found) => ({ ...found, file: path })),
  )
}

function readText({ workTree }: Repository, path: Bytes): Bytes {
  return files.readFile(join(workTree!, path))?.toString('latin1') ?? ''
}

/** One change of the patterns; made with the file as it was, staged in the end. */
export class PatternChange {
  readonly #owner: WorkTreeOwner
  /** The file is as the index has it, so staging it stages our change alone. */
  readonly #wasStaged: boolean
  #hasChanged = false

  constructor(owner: WorkTreeOwner) {
    this.#owner = owner
    this.#wasStaged = isStaged(owner.repository)
  }

  /** @param pattern from {@link patternFor} @returns false when it was tracked before */
  track(pattern: Bytes): boolean {
    return this.#write((text) => withAttributes(text, pattern, ATTRIBUTES))
  }

  /** @returns false when it was not tracked */
  untrack(pattern: Bytes): boolean {
    const tracked = linesWith(readText(this.#owner.repository, ATTRIBUTES_FILE), 'filter', 'annex')
    if (!tracked.some((line) => line.pattern === pattern)) return false
    return this.#write((text) => withoutAttributes(text, pattern, ATTRIBUTES))
  }

  #write(change: (text: Bytes) => Bytes): boolean {
    const { repository } = this.#owner
    const before = readText(repository, ATTRIBUTES_FILE)
    const after = change(before)
    if (after === before) return false
    const path = join(repository.workTree!, ATTRIBUTES_FILE)
    if (after === '') files.remove(path)
    else files.replaceFile(path, Buffer.from(after, 'latin1'))
    this.#hasChanged = true
    return true
  }

  /**
   * Stages the change, unless the file has other changes, too.
   * @returns undefined when nothing was changed
   */
  stage(): 'staged' | 'left' | undefined {
    if (!this.#hasChanged) return undefined
    if (!this.#wasStaged) return 'left'
    stageAsOrdinary(this.#owner.repository, [ATTRIBUTES_FILE])
    return 'staged'
  }

  /**
   * Removes the line that sends every file through the filter when the patterns reach all files that
   * need it, and adds it when they do not: content without the filter would go to git.
   */
  settleCatchAll(): CatchAll {
    const { repository, blobKeys } = this.#owner
    const hadIt = hasCatchAll(repository)
    removeCatchAll(repository)
    const entries = readIndexEntries(repository)
    const annexed = [...annexedFiles(entries, blobKeys)].filter(isPopulatable)
    const pointers = new Set(annexed.map(({ path }) => path))
    const filtered = findFiltered(repository, entries)
    const missed = [...pointers].filter((path) => !filtered.has(path))
    const hasPatterns =
      listTracked(repository).length > 0 || findOtherFilter(repository) !== undefined
    const isNeeded = missed.length > 0 || !hasPatterns
    if (isNeeded) addCatchAll(repository)
    const ordinary = [...filtered].filter((path) => !pointers.has(path))
    return { hadIt, hasIt: isNeeded, missed, ordinary }
  }
}

/** How the line stands that sends every file through the filter. */
export interface CatchAll {
  readonly hadIt: boolean
  readonly hasIt: boolean
  /** Annexed files that no pattern sends there. */
  readonly missed: readonly Bytes[]
  /** Files with a tracked pattern that git holds itself. */
  readonly ordinary: readonly Bytes[]
}

function findFiltered(repository: Repository, entries: readonly IndexEntry[]): Set<Bytes> {
  const paths = entries.filter(({ mode }) => (mode & 0o170000) === 0o100000).map(({ path }) => path)
  const attributes = checkAttributes(repository, paths, ['filter'])
  return new Set(paths.filter((path) => attributes.get(path)?.filter === 'annex'))
}

function isStaged(repository: Repository): boolean {
  const content = files.readFile(join(repository.workTree!, ATTRIBUTES_FILE))
  const [entry] = entriesAt(readIndexEntries(repository), ATTRIBUTES_FILE)
  if (!content || !entry) return content === undefined && entry === undefined
  return blobOid(content, objectFormat(repository)) === entry.oid
}
