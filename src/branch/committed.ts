/**
 * The committed content of the branch at one commit. A few files are asked for by path, one process
 * for all of them; whoever asks more often gets the whole branch, from a cache that is brought up to
 * date with what changed since.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { SETTINGS_LOGS } from '../model/logs/branch-paths.js'
import { type BranchFiles, estimateLoadMs, readCache, writeCache } from './content-cache.js'
import { diffTrees, listTree, readObjects, type Sha, type TreeEntry } from './objects.js'

/** What a process for a few paths costs, in milliseconds, and each path of it (measured). */
const PROCESS_MS = 2
const PATH_MS = 0.2

/** The cache is written anew when more than this part of it was out of date. */
const STALE_PART = 0.02

export class CommittedContent {
  readonly commit: Sha | undefined
  readonly #repository: Repository
  readonly #withSettings: boolean
  readonly #known = new Map<Bytes, Bytes>()
  #all: Map<Bytes, Bytes> | undefined
  #spentMs = 0
  #loadCostMs: number | undefined

  /**
   * @param commit the branch's head; undefined when there is no branch, which is empty
   * @param withSettings whether settings are likely to be asked for, besides what is
   */
  constructor(repository: Repository, commit: Sha | undefined, withSettings = true) {
    this.#repository = repository
    this.#withSettings = withSettings
    this.commit = commit
  }

  /** The content of a file, empty when it is not there. */
  read(path: Bytes): Bytes {
    return this.peek(path) ?? this.readMany([path]).get(path)!
  }

  /**
   * The contents of files, empty for those not there. Loads the whole branch as soon as asking for
   * single files has cost as much as that will.
   */
  readMany(paths: Iterable<Bytes>): Map<Bytes, Bytes> {
    const wanted = [...paths]
    if (!this.#all && this.commit !== undefined) {
      const missing = wanted.filter((path) => !this.#known.has(path))
      const costMs = PROCESS_MS + missing.length * PATH_MS
      if (missing.length > 0 && this.#spentMs + costMs > this.#loadMs(this.commit)) this.all()
      else if (missing.length > 0) this.#readFew(missing)
      this.#spentMs += costMs
    }
    const source = this.#all ?? this.#known
    return new Map(wanted.map((path) => [path, source.get(path) ?? '']))
  }

  #loadMs(commit: Sha): number {
    this.#loadCostMs ??= estimateLoadMs(this.#repository.annexDir, commit)
    return this.#loadCostMs
  }

  #readFew(paths: readonly Bytes[]): void {
    // The settings come along in the first process.
    const isFirst = this.#known.size === 0 && this.#withSettings
    const wanted = isFirst ? [...new Set([...paths, ...SETTINGS_LOGS])] : paths
    const askable = wanted.filter((path) => !path.includes('\n'))
    const contents = readObjects(
      this.#repository,
      askable.map((path) => `${this.commit}:${path}`),
    )
    for (const path of wanted) this.#known.set(path, '')
    for (const [i, path] of askable.entries()) this.#known.set(path, contents[i] ?? '')
  }

  /** What is in memory for a path; undefined when git would have to be asked. */
  peek(path: Bytes): Bytes | undefined {
    return this.#all ? (this.#all.get(path) ?? '') : this.#known.get(path)
  }

  /** Whether the whole branch is in memory. */
  get isLoaded(): boolean {
    return this.#all !== undefined || this.commit === undefined
  }

  /** All files by path. Treat the map as read-only. */
  all(): ReadonlyMap<Bytes, Bytes> {
    this.#all ??= this.commit === undefined ? new Map() : loadAll(this.#repository, this.commit)
    this.#known.clear()
    return this.#all
  }

  /**
   * The content after a commit of our own, without asking git again.
   * @param changes new contents by path; undefined for a file that went
   */
  after(commit: Sha, changes: ReadonlyMap<Bytes, Bytes | undefined>): CommittedContent {
    const next = new CommittedContent(this.#repository, commit)
    if (!this.#all) return next
    next.#all = this.#all
    for (const [path, content] of changes)
      if (content === undefined) next.#all.delete(path)
      else next.#all.set(path, content)
    if (isStale(changes.size, next.#all.size))
      writeCache(this.#repository.annexDir, { commit, contents: next.#all })
    return next
  }
}

const isStale = (changes: number, total: number): boolean => changes > 50 + total * STALE_PART

function loadAll(repository: Repository, commit: Sha): Map<Bytes, Bytes> {
  const cached = readCache(repository.annexDir)
  if (cached?.commit === commit) return cached.contents
  const updated = cached && bringUpToDate(repository, cached, commit)
  if (updated) return updated
  const contents = new Map<Bytes, Bytes>()
  addEntries(repository, contents, listTree(repository, commit))
  writeCache(repository.annexDir, { commit, contents })
  return contents
}

/** Applies what changed since the cache was written; undefined when that commit is gone. */
function bringUpToDate(
  repository: Repository,
  { commit, contents }: BranchFiles,
  head: Sha,
): Map<Bytes, Bytes> | undefined {
  const changes = diffTrees(repository, commit, head)
  if (!changes) return undefined
  for (const { path, to } of changes) if (to === undefined) contents.delete(path)
  addEntries(
    repository,
    contents,
    changes.flatMap(({ path, to }) => (to === undefined ? [] : [{ path, sha: to }])),
  )
  if (isStale(changes.length, contents.size))
    writeCache(repository.annexDir, { commit: head, contents })
  return contents
}

function addEntries(
  repository: Repository,
  contents: Map<Bytes, Bytes>,
  entries: readonly TreeEntry[],
): void {
  const blobs = readObjects(
    repository,
    entries.map(({ sha }) => sha),
  )
  for (const [i, { path }] of entries.entries()) contents.set(path, blobs[i] ?? '')
}
