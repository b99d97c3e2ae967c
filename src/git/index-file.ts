/**
 * Reads the index of a repository: our own parser, else git itself for what the parser refuses.
 *
 * Git's answer lacks the stat fields; nothing else is lost. @see index-format.ts
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { type IndexEntry, type ParsedIndex, parseIndex } from './index-format.js'
import { objectFormat } from './object-format.js'
import type { Repository } from './repository.js'
import { git } from './run.js'

/**
 * Reads the entries of the index; none when there is no index.
 * @returns in git's order: by path, then stage; files inside sparse directories one by one
 * @throws AnnexError GIT_FAILED when git cannot read it either
 */
export function readIndexEntries(repository: Repository): readonly IndexEntry[] {
  const stat = files.stat(repository.indexFile)
  if (stat && latest?.path === repository.indexFile && isSame(latest.stat, stat)) {
    const entries = latest.entries.deref()
    if (entries) return entries
  }
  const parsed = tryParse(repository)
  if (!parsed || parsed.isSparse) return listWithGit(repository)
  const { entries } = parsed
  const isOld = stat && Date.now() - Number(stat.ctimeNs / 1_000_000n) > SETTLED_MS
  if (isOld) latest = { path: repository.indexFile, stat, entries: new WeakRef(entries) }
  return entries
}

/** An index that is older than this when it is read cannot be taken for a later one. */
const SETTLED_MS = 50

/**
 * What was read last: while somebody works with the entries, others need not have the same ones once
 * more in memory.
 */
let latest:
  | {
      readonly path: Bytes
      /** As it was before the file was read. */
      readonly stat: files.FileStat
      readonly entries: WeakRef<readonly IndexEntry[]>
    }
  | undefined

/** Whether it is the same index: it is always replaced by another file, never written to. */
function isSame(a: files.FileStat, b: files.FileStat): boolean {
  return (
    a.dev === b.dev &&
    a.ino === b.ino &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs
  )
}

/** Undefined when only git can read it. */
function tryParse(repository: Repository): ParsedIndex | undefined {
  try {
    return readIndexFile(repository)
  } catch (error) {
    if (isAnnexError(error, 'INDEX_UNSUPPORTED')) return undefined
    throw error
  }
}

const NO_INDEX: ParsedIndex = {
  version: 2,
  entries: [],
  extensions: [],
  isSparse: false,
  hasChecksum: true,
}

/**
 * Parses the index file itself, without git.
 * @throws AnnexError INDEX_UNSUPPORTED
 */
export function readIndexFile(repository: Repository): ParsedIndex {
  // The time before the content: an index replaced between the two only makes more entries racy.
  const stat = files.stat(repository.indexFile)
  if (!stat) return NO_INDEX
  const file = files.readFile(repository.indexFile)
  if (!file) return NO_INDEX
  return parseIndex(file, objectFormat(repository), Number(stat.mtimeNs / 1_000_000_000n))
}

/** Entries as `git ls-files` lists them. */
function listWithGit(repository: Repository): IndexEntry[] {
  const args = ['ls-files', '--full-name', '-z', '-s', '-v']
  const { stdout } = git(repository, args, { env: indexEnv(repository) })
  const lines = stdout.toString('latin1').split('\0')
  lines.pop()
  return lines.map(parseStagedLine)
}

/** Points a git child at the index we read, when it is not the usual one. */
export function indexEnv(repository: Repository): Record<string, string | undefined> {
  const usual = `${repository.gitDir}/index`
  const { indexFile } = repository
  return indexFile === usual ? {} : { GIT_INDEX_FILE: bytesToText(indexFile) }
}

/** `TAG MODE OID STAGE<TAB>PATH`; tag S: skip-worktree, lower case: assume-valid. */
function parseStagedLine(line: Bytes): IndexEntry {
  const tab = line.indexOf('\t')
  const [tag, mode, oid, stage] = line.slice(0, tab).split(' ')
  return {
    path: line.slice(tab + 1),
    mode: Number.parseInt(mode!, 8),
    oid: oid!,
    stage: Number(stage),
    assumeValid: tag !== tag!.toUpperCase(),
    skipWorktree: tag!.toUpperCase() === 'S',
    intentToAdd: false,
    stat: undefined,
    isRacy: true,
  }
}
