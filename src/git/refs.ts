/**
 * Refs: one read without a process where git keeps them in files, many listed with one process,
 * changed by `git update-ref`, which compares and swaps.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { isAnnexError, isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { Repository } from './repository.js'
import { git, gitOutput } from './run.js'

/** A ref and the object it is at. */
export interface Ref {
  /** Full name, such as `refs/heads/main`. */
  readonly name: Bytes
  /** Object id, lower case hexadecimal. */
  readonly oid: Bytes
}

/** Where HEAD is. */
export interface Head {
  /** Full name of the branch; undefined when detached. The branch may not exist yet. */
  readonly branch: Bytes | undefined
  /** The commit checked out; undefined before the first one. */
  readonly oid: Bytes | undefined
}

const OID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/
const SYMBOLIC = /^ref: *(.+)$/
/** What git says when a ref is not where it was expected to be, or locked. */
const ELSEWHERE = /but expected|already exists|unable to resolve reference|is missing|File exists/
/** As many steps as git follows. */
const MAX_SYMBOLIC = 5
/** Git is faster where there are more. */
const MOST_REF_DIRS = 100
/** Refs that every work tree has for itself: HEAD and its like, bisect, rewritten. */
const PER_WORKTREE = /^[A-Z_]+$|^refs\/(?:bisect|rewritten|worktree)\//

/**
 * The object a ref is at.
 * @param name full name or `HEAD`; symbolic refs are followed
 * @returns undefined when there is no such ref
 */
export function findRef(repository: Repository, name: Bytes): Bytes | undefined {
  let ref = name
  for (let steps = 0; steps < MAX_SYMBOLIC; steps++) {
    const text = readLoose(repository, ref)
    if (text === undefined) break
    if (OID.test(text)) return text
    const target = SYMBOLIC.exec(text)?.[1]
    // Git writes such a HEAD where it keeps refs in another way.
    if (target === undefined || target === 'refs/heads/.invalid') return askForRef(repository, name)
    ref = target
  }
  // Loose before packed: git packs a ref before it removes the file.
  const packed = findPacked(repository, ref)
  if (packed !== undefined) return packed
  return files.exists(`${repository.commonDir}/reftable`) ? askForRef(repository, name) : undefined
}

function readLoose({ gitDir, commonDir }: Repository, name: Bytes): Bytes | undefined {
  const dir = PER_WORKTREE.test(name) ? gitDir : commonDir
  try {
    return files.readFile(`${dir}/${name}`)?.toString('latin1').trimEnd()
  } catch (error) {
    // `refs/heads/a` may be the directory of `refs/heads/a/b`.
    if (isErrno(error, 'EISDIR')) return undefined
    throw error
  }
}

function findPacked({ commonDir }: Repository, name: Bytes): Bytes | undefined {
  const packed = files.readFile(`${commonDir}/packed-refs`)?.toString('latin1')
  const at = packed?.indexOf(` ${name}\n`) ?? -1
  if (at < 0) return undefined
  const oid = packed!.slice(packed!.lastIndexOf('\n', at) + 1, at)
  return OID.test(oid) ? oid : undefined
}

function askForRef(repository: Repository, name: Bytes): Bytes | undefined {
  const args = ['rev-parse', '--verify', '--quiet', bytesToText(name)]
  const oid = gitOutput(repository, args, { okStatus: [0, 1] })
  return oid === '' ? undefined : oid
}

/** What is checked out. */
export function readHead(repository: Repository): Head {
  const text = readLoose(repository, 'HEAD') ?? ''
  let branch = SYMBOLIC.exec(text)?.[1]
  if (branch === 'refs/heads/.invalid') {
    const asked = gitOutput(repository, ['symbolic-ref', '--quiet', 'HEAD'], { okStatus: [0, 1] })
    branch = asked === '' ? undefined : asked
  }
  return { branch, oid: findRef(repository, 'HEAD') }
}

/** Whether a ref has commits that HEAD lacks; false when there is no such ref. */
export function hasNews(repository: Repository, ref: Bytes): boolean {
  const oid = findRef(repository, ref)
  const head = readHead(repository).oid
  if (oid === undefined || oid === head) return false
  if (head === undefined) return true
  const args = ['merge-base', '--is-ancestor', oid, head]
  return git(repository, args, { okStatus: [0, 1] }).status === 1
}

/**
 * Lists refs with one process, sorted by name.
 * @param patterns as for git for-each-ref, such as `refs/heads/` or `refs/**\/git-annex`; none: all
 */
export function listRefs(repository: Repository, patterns: readonly string[] = []): Ref[] {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...patterns]
  const refs: Ref[] = []
  for (const line of git(repository, args).stdout.toString('latin1').split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) refs.push({ oid: line.slice(0, space), name: line.slice(space + 1) })
  }
  return refs
}

/**
 * Finds refs by the end of their name without a process. Broken refs are among them, and refs of
 * objects that are gone.
 * @param last the last component, such as `git-annex`
 * @returns undefined when only git can tell
 */
export function peekRefs(repository: Repository, last: Bytes): Ref[] | undefined {
  if (files.exists(`${repository.commonDir}/reftable`)) return undefined
  // Loose before packed, as in findRef.
  const refs = peekLoose(repository, last)
  if (!refs) return undefined
  const packed = files.readFile(`${repository.commonDir}/packed-refs`)?.toString('latin1') ?? ''
  const loose = new Set(refs.map(({ name }) => name))
  const end = `/${last}\n`
  for (let at = packed.indexOf(end); at >= 0; at = packed.indexOf(end, at + 1)) {
    const line = packed.slice(packed.lastIndexOf('\n', at) + 1, at + end.length - 1)
    const [oid, name] = line.split(' ')
    if (name !== undefined && !loose.has(name)) refs.push({ name, oid: oid! })
  }
  return refs
}

/** @returns undefined when there are many directories, or something else than plain refs in them */
function peekLoose(repository: Repository, last: Bytes): Ref[] | undefined {
  const refs: Ref[] = []
  const dirs: Bytes[] = ['refs']
  for (let i = 0; i < dirs.length; i++) {
    if (i === MOST_REF_DIRS) return undefined
    const dir = dirs[i]!
    for (const { name, isDirectory, isFile } of files.listDir(`${repository.commonDir}/${dir}`)) {
      const path = `${dir}/${name}`
      if (isDirectory) dirs.push(path)
      else if (!isFile) return undefined
      else if (name === last) {
        const oid = readLoose(repository, path)
        if (oid === undefined || !OID.test(oid)) return undefined
        refs.push({ name: path, oid })
      }
    }
  }
  return refs
}

export interface RefUpdate {
  readonly name: Bytes
  /** Undefined deletes the ref. */
  readonly to: Bytes | undefined
  /** What the ref must be at now: an object, `absent`, or `anything`. */
  readonly from: Bytes | 'absent' | 'anything'
  /** Why, for the reflog. */
  readonly message?: string
}

/**
 * Changes a ref if it still is where we think.
 * @returns false when it is elsewhere, or somebody else is changing it
 * @throws AnnexError GIT_FAILED
 */
export function updateRef(repository: Repository, update: RefUpdate): boolean {
  const { name, to, from, message } = update
  const args = ['update-ref', ...(message === undefined ? [] : ['-m', message])]
  if (to === undefined) args.push('-d', bytesToText(name))
  else args.push(bytesToText(name), to)
  if (from === 'absent') args.push('0'.repeat(to?.length ?? 40))
  else if (from !== 'anything') args.push(from)
  try {
    git(repository, args)
    return true
  } catch (error) {
    if (isAnnexError(error, 'GIT_FAILED') && ELSEWHERE.test(error.message)) return false
    throw error
  }
}
