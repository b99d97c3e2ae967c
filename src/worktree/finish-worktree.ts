/**
 * Makes git see files that were put in place as unmodified: now, or when the index is free again.
 * Implements spec: repository layout, section 10, restaging.
 */
import type { BlobKeys } from '../git/blob-keys.js'
import { readIndexEntries } from '../git/index-file.js'
import { type IndexRefresh, type RefreshResult, refreshIndex } from '../git/index-refresh.js'
import { entriesAt } from '../git/list-files.js'
import { join, type Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { annexedFiles } from './annexed-files.js'
import { isPointerOf } from './pointer-file.js'
import {
  appendRestageLog,
  formatInodeCache,
  hasRestageLog,
  parseRestageLine,
  readRestageLog,
  removeFromRestageLog,
} from './restage-log.js'

/**
 * Refreshes the index once for many files that {@link populate} and {@link depopulate} replaced.
 * @returns `noted` when the index is locked: {@link restagePending} finishes the work later
 */
export function finishWorktree(
  repository: Repository,
  changes: readonly IndexRefresh[],
): 'done' | 'noted' {
  if (refreshIndex(repository, changes) === 'done') return 'done'
  appendRestageLog(
    repository,
    changes.map(({ path, stat }) => ({ path, inodeCache: formatInodeCache(stat) })),
  )
  return 'noted'
}

export interface RestageTools {
  readonly blobKeys: BlobKeys
  /** Compares a file's content with a key; absolute path, serialized key. */
  readonly isContent: (path: Bytes, keyText: Bytes) => boolean
}

/**
 * Refreshes what was noted while the index was locked, by us or by git-annex. Contents are compared
 * once more: the index may have come to name another key since, and then the file is modified.
 * @returns `locked` when the index still is
 */
export function restagePending(repository: Repository, tools: RestageTools): RefreshResult {
  const { workTree } = repository
  if (workTree === undefined || !hasRestageLog(repository)) return 'done'
  // Comparing contents in vain can take minutes.
  if (files.exists(`${repository.indexFile}.lock`)) return 'locked'
  const lines = readRestageLog(repository)
  const caches = new Map<Bytes, Bytes>()
  for (const line of lines) {
    const item = parseRestageLine(line)
    if (item) caches.set(item.path, item.inodeCache)
  }
  const all = readIndexEntries(repository)
  const entries = [...caches.keys()].flatMap((path) => entriesAt(all, path))
  const settled: IndexRefresh[] = []
  for (const { path, keyText, entry } of annexedFiles(entries, tools.blobKeys)) {
    const file = join(workTree, path)
    const stat = files.lstat(file)
    if (!stat?.isFile() || formatInodeCache(stat) !== caches.get(path)) continue
    if (isPointerOf(file, stat, keyText) || tools.isContent(file, keyText))
      settled.push({ path, oid: entry.oid, stat })
  }
  const result = refreshIndex(repository, settled)
  if (result === 'done') removeFromRestageLog(repository, lines)
  return result
}
