/** Taking back the last changes of files: what they were before, in the index and the work tree. */
import { type Bytes, bytesToBuffer, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { HistoryChange } from './history.js'
import { readIndexEntries } from './index-file.js'
import { join, parentDir, type Repository } from './repository.js'
import { git } from './run.js'

const LITERAL = { GIT_LITERAL_PATHSPECS: '1' }

/**
 * Which files below some paths git does not know, or has other than the index: they cannot be had
 * back from git.
 * @param cwd absolute; what the words are relative to
 * @returns paths relative to the top
 */
export function listUncommitted(
  repository: Repository,
  words: readonly string[],
  cwd: Bytes,
): { readonly untracked: readonly Bytes[]; readonly modified: readonly Bytes[] } {
  const ask = (...args: string[]) => {
    const { stdout } = git(repository, ['-C', bytesToText(cwd), ...args, '--', ...words])
    return stdout.toString('latin1').split('\0').slice(0, -1)
  }
  return {
    untracked: ask('ls-files', '-z', '--others', '--exclude-standard', '--full-name'),
    modified: ask('diff', '-z', '--name-only', '--no-relative', '--no-ext-diff'),
  }
}

/** Commits what is staged, if anything is. */
export function commitStaged(repository: Repository, message: string): void {
  git(repository, ['commit', '--quiet', '-m', message], { okStatus: [0, 1] })
}

/**
 * Takes changes back. The index first: whatever happens then, `git checkout` can do the rest.
 * @param changes newest first
 * @throws AnnexError USAGE when a file that git does not know is where one is to be put
 */
export function undoChanges(repository: Repository, changes: readonly HistoryChange[]): void {
  // Of several changes of a file, the state before the oldest one is wanted.
  const before = new Map(changes.map(({ path, from }) => [path, from]))
  refuseUnknown(repository, [...before.keys()])
  const zeros = changes[0]?.to?.oid ?? changes[0]?.from?.oid ?? ''
  const records = [...before].map(([path, from]) =>
    from
      ? `${from.mode.toString(8)} ${from.oid}\t${path}\0`
      : `0 ${'0'.repeat(zeros.length)}\t${path}\0`,
  )
  git(repository, ['update-index', '-z', '--index-info'], {
    input: bytesToBuffer(records.join('')),
  })
  const removed = [...before].filter(([, from]) => !from).map(([path]) => path)
  for (const path of removed) removeFile(repository.workTree!, path)
  const restored = [...before].filter(([, from]) => from).map(([path]) => path)
  if (restored.length === 0) return
  git(repository, ['checkout', '--quiet', '--pathspec-from-file=-', '--pathspec-file-nul'], {
    input: bytesToBuffer(restored.map((path) => `${path}\0`).join('')),
    env: LITERAL,
    stderr: 'inherit',
  })
}

/** Also what git ignores: a file that was taken out of git, perhaps, and changed since. */
function refuseUnknown(repository: Repository, paths: readonly Bytes[]): void {
  const known = new Set(readIndexEntries(repository).map(({ path }) => path))
  const inTheWay = paths.filter((path) => {
    const stat = known.has(path) ? undefined : files.lstat(join(repository.workTree!, path))
    return stat !== undefined && !stat.isDirectory()
  })
  if (inTheWay.length === 0) return
  const names = inTheWay.map(bytesToText).join(' ')
  throw new AnnexError(
    'USAGE',
    `Cannot undo changes to files that are not checked into git: ${names}`,
    { hint: 'Move them away first' },
  )
}

/** With the directories that are empty then, as git does. */
function removeFile(top: Bytes, path: Bytes): void {
  files.remove(join(top, path))
  for (let dir = parentDir(join(top, path)); dir.length > top.length; dir = parentDir(dir))
    if (!files.removeDir(dir)) return
}
