/**
 * The list of work tree files whose index entries are still to be refreshed, in git-annex's form:
 * lines `INODE SIZE SECONDS FRACTION:FILE`, in `annex/restage.log`, under the lock that git-annex
 * takes. Implements spec: repository layout, sections 3 and 3.1.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { waitForLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import type { KnownStat } from '../platform/kept-stat.js'
import { shareFile } from '../platform/make-dirs.js'

/** A file as it was when it was put in place. */
export interface RestageItem {
  /** `INODE SIZE SECONDS FRACTION`. */
  readonly inodeCache: Bytes
  /** Relative to the top of the work tree. */
  readonly path: Bytes
}

const SECOND_NS = 1_000_000_000n

/**
 * What git-annex remembers of a file to know it again.
 * @returns inode, size in bytes, mtime in seconds, and its decimals without zeros at the end
 */
export function formatInodeCache({ ino, size, mtimeNs }: KnownStat): Bytes {
  const decimals = (mtimeNs % SECOND_NS).toString().padStart(9, '0').replace(/0+$/, '')
  return `${ino} ${size} ${mtimeNs / SECOND_NS} ${decimals}`
}

/** A file as one text, by which it is known again: `INODE SIZE SECONDS FRACTION:FILE`. */
export function formatRestageText(path: Bytes, stat: KnownStat): Bytes {
  return `${formatInodeCache(stat)}:${path}`
}

/** Reads one line; undefined when it is none of ours. */
export function parseRestageLine(line: Bytes): RestageItem | undefined {
  const match = /^(\d+ \d+ -?\d+(?: \d*)?):(.+)$/s.exec(line)
  return match ? { inodeCache: match[1]!, path: match[2]! } : undefined
}

/** Adds files to the list. Names with a newline have no place in it: git-annex does not quote. */
export function appendRestageLog(repository: Repository, items: Iterable<RestageItem>): void {
  let lines = ''
  for (const { inodeCache, path } of items)
    if (!path.includes('\n')) lines += `${inodeCache}:${path}\n`
  if (lines === '') return
  withLog(repository, (log) => {
    files.appendFile(log, Buffer.from(lines, 'latin1'))
    shareFile(log)
  })
}

/** Whether anything is listed; cheap enough to ask in every command. */
export function hasRestageLog(repository: Repository): boolean {
  return (files.stat(places(repository).log)?.size ?? 0n) > 0n
}

/** The lines of the list. */
export function readRestageLog(repository: Repository): Bytes[] {
  return withLog(repository, readLines)
}

/** Takes lines off the list; what was added meanwhile stays. */
export function removeFromRestageLog(repository: Repository, lines: Iterable<Bytes>): void {
  const done = new Set(lines)
  withLog(repository, (log) => {
    const left = readLines(log).filter((line) => !done.has(line))
    if (left.length === 0) files.remove(log)
    else files.replaceFile(log, Buffer.from(`${left.join('\n')}\n`, 'latin1'))
  })
}

/** Runs while nobody else reads or changes the list. */
function withLog<T>(repository: Repository, work: (log: Bytes) => T): T {
  const { log, lock } = places(repository)
  const held = waitForLock(lock, 'exclusive')
  try {
    return work(log)
  } finally {
    held.release()
  }
}

function readLines(log: Bytes): Bytes[] {
  const text = files.readFile(log)?.toString('latin1') ?? ''
  return text.split('\n').filter((line) => line !== '')
}

/**
 * A linked work tree has a list of its own: in the common one its paths would be taken for files of
 * the main work tree.
 */
function places({ annexDir, gitDir, commonDir }: Repository): { log: Bytes; lock: Bytes } {
  const dir = gitDir === commonDir ? annexDir : gitDir
  return { log: `${dir}/restage.log`, lock: `${dir}/restage.lck` }
}
