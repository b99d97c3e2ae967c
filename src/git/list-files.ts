/**
 * Which files a command line means, as git understands paths.
 *
 * Words are literal paths, without globs or pathspec magic, as in git-annex: a shell has expanded
 * them already, and dropping `a[1]` must not touch `a1`. They are relative to the current directory;
 * results are relative to the top.
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { indexEnv, readIndexEntries } from './index-file.js'
import type { IndexEntry } from './index-format.js'
import { absolute, join, parentDir, type Repository } from './repository.js'
import { git } from './run.js'

export interface Selection {
  /** In the order of the words, within a word in git's order; every entry once, all stages. */
  readonly entries: readonly IndexEntry[]
  /** Words that match nothing in the index. @see unmatchedMessage */
  readonly unmatched: readonly string[]
}

export interface SelectOptions {
  /** Absolute current directory. */
  readonly cwd: Bytes
  /** Paths, as text; none: the current directory. */
  readonly words: readonly string[]
  /** The index, when it has been read already. */
  readonly entries?: readonly IndexEntry[]
}

/**
 * Expands words to index entries.
 * @throws AnnexError USAGE for a word outside the work tree or an empty one
 */
export function selectEntries(repository: Repository, options: SelectOptions): Selection {
  const { cwd, words } = options
  const all = options.entries ?? readIndexEntries(repository)
  if (words.length === 0) return { entries: under(all, prefixOf(repository, cwd)), unmatched: [] }
  if (words.length === 1) {
    const entries = matching(all, locate(repository, cwd, words[0]!))
    return { entries, unmatched: entries.length === 0 ? words : [] }
  }
  const chosen = new Set<IndexEntry>()
  const unmatched: string[] = []
  for (const word of words) {
    const entries = matching(all, locate(repository, cwd, word))
    if (entries.length === 0) unmatched.push(word)
    for (const entry of entries) chosen.add(entry)
  }
  return { entries: [...chosen], unmatched }
}

/** Git's own words for paths it does not know, without the last newline. */
export function unmatchedMessage(words: readonly string[]): string {
  return [
    ...words.map((word) => `error: pathspec '${word}' did not match any file(s) known to git`),
    "Did you forget to 'git add'?",
  ].join('\n')
}

interface Place {
  /** Relative to the top, without a slash at the end; empty for the top. */
  readonly path: Bytes
  /** The word ended with a slash: only a directory matches. */
  readonly mustBeDir: boolean
}

function locate(repository: Repository, cwd: Bytes, word: string): Place {
  if (word === '')
    throw new AnnexError(
      'USAGE',
      'empty string is not a valid pathspec. please use . instead if you meant to match all paths',
    )
  const place = absolute(cwd, bytesFromText(word))
  const path = topPath(repository, place) ?? topPath(repository, throughLinks(place))
  if (path === undefined)
    throw new AnnexError(
      'USAGE',
      `${word}: '${word}' is outside repository at '${bytesToText(repository.workTree ?? '')}'`,
    )
  return { path, mustBeDir: /(^|\/)\.{0,2}$/.test(word) }
}

/** The same place with the links above it resolved: a work tree can be reached through one. */
function throughLinks(path: Bytes): Bytes {
  const dir = parentDir(path)
  const real = files.realPath(dir)
  return real === undefined ? path : join(real, path.slice(dir === '/' ? 1 : dir.length + 1))
}

/**
 * A path relative to the top of the work tree.
 * @param path absolute and clean
 * @returns empty for the top itself, undefined outside of it
 */
export function topPath(repository: Repository, path: Bytes): Bytes | undefined {
  const { workTree } = repository
  if (workTree === undefined) return undefined
  if (path === workTree) return ''
  const top = workTree === '/' ? '/' : `${workTree}/`
  return path.startsWith(top) ? path.slice(top.length) : undefined
}

/** The current directory relative to the top; outside of the work tree everything is selected. */
function prefixOf(repository: Repository, cwd: Bytes): Bytes {
  return topPath(repository, absolute('/', cwd)) ?? ''
}

function matching(all: readonly IndexEntry[], { path, mustBeDir }: Place): readonly IndexEntry[] {
  if (path === '') return all
  const start = lowerBound(all, path)
  let end = start
  while (!mustBeDir && end < all.length && all[end]!.path === path) end++
  return end > start ? all.slice(start, end) : under(all, path)
}

/** The entries below a directory: a contiguous run, because paths are sorted by their bytes. */
function under(all: readonly IndexEntry[], dir: Bytes): readonly IndexEntry[] {
  if (dir === '') return all
  return all.slice(lowerBound(all, `${dir}/`), lowerBound(all, `${dir}0`))
}

/** The place of the first entry whose path is not before the given one. @param all in git's order */
export function lowerBound(all: readonly IndexEntry[], path: Bytes): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]!.path < path) low = middle + 1
    else high = middle
  }
  return low
}

/** The entries of one path, all stages; entries must be in git's order. */
export function entriesAt(all: readonly IndexEntry[], path: Bytes): readonly IndexEntry[] {
  const start = lowerBound(all, path)
  let end = start
  while (end < all.length && all[end]!.path === path) end++
  return all.slice(start, end)
}

export interface ChangedFiles {
  /** Files not in the index; a nested repository ends with a slash. */
  readonly untracked: readonly Bytes[]
  /** Files in the index whose work tree file is there and differs from it. */
  readonly modified: readonly Bytes[]
  /** Files in the index that are gone from the work tree. */
  readonly deleted: readonly Bytes[]
}

/**
 * What `git add` would look at, from one walk by one git process. Files whose stat differs from the
 * index at the same size go through the clean filter, as in `git status`.
 * @param options.includeIgnored also lists untracked files that .gitignore excludes
 * @throws AnnexError USAGE for a word outside the work tree
 */
export function listChangedFiles(
  repository: Repository,
  { cwd, words, includeIgnored = false }: SelectOptions & { readonly includeIgnored?: boolean },
): ChangedFiles {
  if (repository.workTree !== undefined) for (const word of words) locate(repository, cwd, word)
  const args = ['ls-files', '--full-name', '-z', '-t', '--others', '--modified', '--deleted']
  if (!includeIgnored) args.push('--exclude-standard')
  const { stdout } = git(
    repository,
    ['--literal-pathspecs', '-C', bytesToText(cwd), ...args, '--', ...words],
    { env: indexEnv(repository) },
  )
  const untracked = new Set<Bytes>()
  const modified = new Set<Bytes>()
  const deleted = new Set<Bytes>()
  for (const line of stdout.toString('latin1').split('\0')) {
    const path = line.slice(2)
    if (line.startsWith('? ')) untracked.add(path)
    else if (line.startsWith('C ')) modified.add(path)
    else if (line.startsWith('R ')) deleted.add(path)
  }
  // Git calls a file that is gone modified, too.
  for (const path of deleted) modified.delete(path)
  return { untracked: [...untracked], modified: [...modified], deleted: [...deleted] }
}
