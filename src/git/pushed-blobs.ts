/** Which blobs a push brings to a remote that has not seen them. */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import type { Repository } from './repository.js'
import { git } from './run.js'

/** One line of pre-push's input: what is pushed where. */
export interface PushedRef {
  readonly localRef: Bytes
  readonly localOid: Bytes
  readonly remoteRef: Bytes
  /** Zeros when the ref is new. */
  readonly remoteOid: Bytes
}

/** Parses pre-push's standard input (githooks(5)); lines of another form are left out. */
export function parsePushedRefs(input: Bytes): PushedRef[] {
  return input
    .split('\n')
    .map((line) => line.split(' '))
    .filter((words) => words.length === 4)
    .map(([localRef, localOid, remoteRef, remoteOid]) => ({
      localRef: localRef!,
      localOid: localOid!,
      remoteRef: remoteRef!,
      remoteOid: remoteOid!,
    }))
}

/** An object that a push brings. */
export interface PushedObject {
  readonly oid: Bytes
  /** Where one of the commits has it, relative to the top of its tree; empty for the tree itself. */
  readonly path: Bytes
}

const ZEROS = /^0+$/

/**
 * The objects other than commits that the pushed commits have and the remote lacks, as far as our
 * tracking branches tell.
 */
export function pushedObjects(
  repository: Repository,
  refs: readonly PushedRef[],
  remoteName: string,
): PushedObject[] {
  const isReal = (oid: Bytes) => !ZEROS.test(oid)
  const wanted = refs.map(({ localOid }) => localOid).filter(isReal)
  if (wanted.length === 0) return []
  const had = refs.map(({ remoteOid }) => remoteOid).filter(isReal)
  const revisions = [...wanted, ...had.map((oid) => `^${oid}`)]
  const args = ['rev-list', '--objects', '--ignore-missing', '--stdin']
  const { stdout } = git(repository, [...args, '--not', `--remotes=${remoteName}`], {
    input: bytesToBuffer(`${revisions.join('\n')}\n`),
  })
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line.includes(' '))
    .map((line) => {
      const blank = line.indexOf(' ')
      return { oid: line.slice(0, blank), path: line.slice(blank + 1) }
    })
}
