/**
 * Keeps files of ours that must lie in the work tree out of `git status`, through `info/exclude` of
 * the repository, which is never committed.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { join, parentDir, type Repository } from './repository.js'
import { git } from './run.js'

/**
 * Adds those of the paths that git would show as untracked.
 * @param paths absolute, in the work tree; files that do not exist are passed over
 */
export function excludePaths(repository: Repository, paths: readonly Bytes[]): void {
  const args = ['ls-files', '-z', '--others', '--exclude-standard', '--', ...paths.map(bytesToText)]
  const listing = git(repository, args, { okStatus: [0, 128] }).stdout
  const shown = listing.toString('latin1').split('\0').filter(Boolean)
  if (shown.length === 0) return
  const path = excludeFile(repository)
  const lines = readLines(path)
  files.makeDirs(parentDir(path))
  writeLines(path, [...lines, ...shown.map((file) => toPattern(`/${file}`))])
}

/** Takes lines of {@link excludePaths} out again. */
export function includePaths(repository: Repository, paths: readonly Bytes[]): void {
  const path = excludeFile(repository)
  const top = repository.workTree ?? ''
  const ours = new Set(paths.map((file) => toPattern(file.slice(top.length))))
  const lines = readLines(path)
  const kept = lines.filter((line) => !ours.has(line))
  if (kept.length < lines.length) writeLines(path, kept)
}

function excludeFile(repository: Repository): Bytes {
  return join(repository.commonDir, 'info/exclude')
}

/** A pattern that matches this path alone; see gitignore(5). */
function toPattern(path: Bytes): Bytes {
  return path.replace(/[\\*?[\] ]/g, '\\$&')
}

function readLines(path: Bytes): Bytes[] {
  const text = files.readFile(path)?.toString('latin1') ?? ''
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function writeLines(path: Bytes, lines: readonly Bytes[]): void {
  files.replaceFile(path, Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'))
}
