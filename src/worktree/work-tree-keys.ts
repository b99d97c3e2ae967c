/**
 * Keys that the work tree uses although the index does not say so: links and pointer files that were
 * moved, made or changed by hand, and contents of modified files that git has already asked about.
 * No filter is run for that.
 */
import { indexEnv } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { isUnchangedSince } from '../git/index-stat.js'
import { join, type Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import { formatKey, type Key, parseKey } from '../model/key.js'
import { parseLinkTarget, parsePointer } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { prepareVerification, verifyContent } from '../store/verify.js'

/** Pointer files that git-annex makes are shorter; to open every small file would take long. */
const POINTER_BYTES = 1024

/**
 * Finds which of some keys the work tree uses.
 * @param entries the whole index
 * @param keyTexts the keys in question, serialized
 */
export async function findKeysInWorkTree(
  repository: Repository,
  entries: readonly IndexEntry[],
  keyTexts: ReadonlySet<Bytes>,
): Promise<Set<Bytes>> {
  const top = repository.workTree
  const found = new Set<Bytes>()
  if (top === undefined) return found
  const bySize = groupBySize(keyTexts)
  for (const entry of entries) {
    const path = join(top, entry.path)
    const stat = files.lstat(path)
    if (!stat || isUnchangedSince(entry, stat)) continue
    const key = readAsPointer(path, stat)
    if (key) found.add(formatKey(key))
    else if (stat.isFile()) await findContent(path, stat, bySize, found)
  }
  for (const name of listUntracked(repository)) {
    const path = join(top, name)
    const stat = files.lstat(path)
    const key = stat && readAsPointer(path, stat)
    if (key) found.add(formatKey(key))
  }
  return found
}

/** Ignored files, too. */
function listUntracked(repository: Repository): Bytes[] {
  const { stdout } = git(repository, ['ls-files', '-z', '--others', '--full-name'], {
    env: indexEnv(repository),
  })
  return stdout.toString('latin1').split('\0').slice(0, -1)
}

function readAsPointer(path: Bytes, stat: files.FileStat): Key | undefined {
  if (stat.isSymbolicLink()) return parseLinkTarget(files.readLink(path) ?? '')
  if (!stat.isFile() || stat.size === 0n || stat.size > POINTER_BYTES) return undefined
  const head = files.readHead(path, POINTER_BYTES)
  return head && parsePointer(head)
}

type KeysBySize = ReadonlyMap<bigint | undefined, readonly Bytes[]>

function groupBySize(keyTexts: ReadonlySet<Bytes>): KeysBySize {
  const bySize = new Map<bigint | undefined, Bytes[]>()
  for (const keyText of keyTexts) {
    const size = parseKey(keyText)?.sizeBytes
    const keys = bySize.get(size)
    if (keys) keys.push(keyText)
    else bySize.set(size, [keyText])
  }
  return bySize
}

/**
 * Git runs the filter when it compares a modified file with the index, and the filter stores what it
 * is given: such content is in use as long as the file has it.
 */
async function findContent(
  path: Bytes,
  { size }: files.FileStat,
  bySize: KeysBySize,
  found: Set<Bytes>,
): Promise<void> {
  for (const keyText of [...(bySize.get(size) ?? []), ...(bySize.get(undefined) ?? [])])
    if (!found.has(keyText) && (await isContentOf(keyText, path))) found.add(keyText)
}

/** A key that cannot be checked may be the file's. */
async function isContentOf(keyText: Bytes, path: Bytes): Promise<boolean> {
  await prepareVerification(keyText)
  try {
    verifyContent(keyText, path)
    return true
  } catch (error) {
    if (isAnnexError(error, 'CONTENT_MISMATCH')) return false
    // What cannot be read could be anything.
    if (isAnnexError(error, 'FILE_UNREADABLE')) return true
    if (isAnnexError(error, 'CONTENT_MISSING')) return false
    throw error
  }
}
