/** The branch's ref, read without a process where it can be, and the refs to be merged into it. */
import type { Repository } from '../git/repository.js'
import { git, gitOutput } from '../git/run.js'
import type { Bytes } from '../model/bytes.js'
import * as files from '../platform/files.js'
import type { Sha } from './objects.js'

export const BRANCH_REF: Bytes = 'refs/heads/git-annex'
const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** The commit that the branch is at; undefined when there is no branch. */
export function readBranchHead(repository: Repository): Sha | undefined {
  return readRef(repository, BRANCH_REF)
}

/** Reads a ref from its file or from packed-refs; asks git only for what it stores in another way. */
export function readRef(repository: Repository, ref: Bytes): Sha | undefined {
  const { commonDir } = repository
  // packed-refs is read second: git writes it before it removes the loose file.
  const loose = files.readFile(`${commonDir}/${ref}`)?.toString('latin1').trim()
  if (loose !== undefined && SHA.test(loose)) return loose
  const packed = files.readFile(`${commonDir}/packed-refs`)?.toString('latin1')
  const at = packed?.indexOf(` ${ref}\n`) ?? -1
  if (at >= 0) return packed!.slice(packed!.lastIndexOf('\n', at) + 1, at)
  if (loose === undefined && !files.exists(`${commonDir}/reftable`)) return undefined
  const found = gitOutput(repository, ['rev-parse', '--verify', '--quiet', ref], {
    okStatus: [0, 1],
  })
  return found === '' ? undefined : found
}

/** A ref and the commit it is at. */
export interface RefValue {
  readonly ref: Bytes
  readonly sha: Sha
}

/** All refs whose last component is `git-annex`, our own branch included. One process. */
export function listBranchRefs(repository: Repository): RefValue[] {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/**/git-annex']
  return git(repository, args)
    .stdout.toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ')
      return { sha: line.slice(0, space), ref: line.slice(space + 1) }
    })
}

/** A ref as people see it: `origin/git-annex`. */
export function shortRef(ref: Bytes): Bytes {
  return ref.replace(/^refs\/(?:heads|remotes|tags)?\/?/, '')
}

/**
 * Moves the branch.
 * @param from what it is expected to be at; undefined when it must not exist
 * @returns false when it is elsewhere
 */
export function moveBranch(repository: Repository, to: Sha, from: Sha | undefined): boolean {
  const old = from ?? '0'.repeat(to.length)
  const args = ['update-ref', BRANCH_REF, to, old]
  return git(repository, args, { okStatus: [0, 1, 128] }).status === 0
}
