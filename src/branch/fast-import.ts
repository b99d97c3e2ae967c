/**
 * Writing commits of the git-annex branch with one `git fast-import`, which also moves the ref and
 * refuses when that would lose commits somebody else made meanwhile.
 */
import { findRef } from '../git/refs.js'
import type { Repository } from '../git/repository.js'
import { gitBulk, gitOutput } from '../git/run.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Sha } from './objects.js'
import { BRANCH_REF } from './refs.js'

/** What becomes of a path: new bytes, a blob or a tree that git has already, or nothing. */
export type FileChange =
  | { readonly content: Bytes }
  | { readonly sha: Sha }
  | { readonly tree: Sha }
  | 'remove'

export interface BranchCommit {
  readonly message: string
  /** `NAME <EMAIL> SECONDS ZONE`, see {@link committerIdent}. */
  readonly committer: Bytes
  /** The first parent is also where the ref must be, unless `ref` names another. */
  readonly parents: readonly Sha[]
  /** A commit whose tree is the start, when it is not the first parent's. */
  readonly tree?: Sha
  readonly changes: ReadonlyMap<Bytes, FileChange>
  /** The ref to write, by default the branch. */
  readonly ref?: Bytes
}

/**
 * Log files are too short to compress and trees are mostly hashes: it would make them 30 % smaller
 * and, with 10,000 keys, a small commit half as long again (20 ms for 13) and each look-up of a path
 * twice. `git gc` compresses what stays.
 */
const UNCOMPRESSED = ['core.compression=0']

/**
 * Writes a commit and moves the ref to it.
 * @returns the new commit, or undefined when the ref is not an ancestor of it any more
 * @throws AnnexError GIT_FAILED
 */
export function importCommit(repository: Repository, commit: BranchCommit): Sha | undefined {
  const input = Buffer.from(formatStream(commit), 'latin1')
  const { status, stdout, stderr } = gitBulk(repository, ['fast-import', '--quiet', '--depth=0'], {
    input,
    okStatus: [0, 1],
    config: UNCOMPRESSED,
  })
  if (status === 0) return stdout.toString('latin1').trim()
  if (findRef(repository, commit.ref ?? BRANCH_REF) !== commit.parents[0]) return undefined
  const said = stderr.toString('utf8').trim()
  throw new AnnexError('GIT_FAILED', `Cannot commit to the git-annex branch: ${said}`)
}

function formatStream(commit: BranchCommit): Bytes {
  const { message, committer, parents, tree, changes, ref = BRANCH_REF } = commit
  const text = bytesFromText(`${message}\n`)
  const parts = [
    `feature done\ncommit ${ref}\nmark :1\ncommitter ${committer}\n`,
    `data ${text.length}\n${text}\n`,
    ...parents.map((sha, i) => `${i === 0 ? 'from' : 'merge'} ${sha}\n`),
  ]
  if (tree !== undefined) parts.push(`M 040000 ${tree} ""\n`)
  for (const [path, change] of changes) parts.push(formatChange(quotePath(path), change))
  parts.push('\nget-mark :1\ndone\n')
  return parts.join('')
}

function formatChange(path: Bytes, change: FileChange): Bytes {
  if (change === 'remove') return `D ${path}\n`
  if ('tree' in change) return `M 040000 ${change.tree} ${path}\n`
  if ('sha' in change) return `M 100644 ${change.sha} ${path}\n`
  return `M 100644 inline ${path}\ndata ${change.content.length}\n${change.content}\n`
}

function quotePath(path: Bytes): Bytes {
  if (!/^"|\n/.test(path)) return path
  const escaped = path.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))
  return `"${escaped}"`
}

/**
 * Who commits, and when: `NAME <EMAIL> SECONDS ZONE`.
 * @throws AnnexError GIT_FAILED when git knows no identity
 */
export function committerIdent(repository: Repository): Bytes {
  return gitOutput(repository, ['var', 'GIT_COMMITTER_IDENT'])
}
