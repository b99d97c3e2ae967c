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

const ZEROS = /^0+$/

/**
 * The objects other than commits that the pushed commits have and the remote lacks, as far as our
 * tracking branches tell.
 */
export function pushedObjects(
  repository: Repository,
  refs: readonly PushedRef[],
  remoteName: string,
): Bytes[] {
  const isReal = (oid: Bytes) => !ZEROS.test(oid)
  const wanted = refs.map(({ localOid }) => localOid).filter(isReal)
  if (wanted.length === 0) return []
  const had = refs.map(({ remoteOid }) => remoteOid).filter(isReal)
  const revisions = [...wanted, ...had.map((oid) => `^${oid}`)]
  const args = ['rev-list', '--objects', '--no-object-names', '--ignore-missing', '--stdin']
  const { stdout } = git(repository, [...args, '--not', `--remotes=${remoteName}`], {
    input: bytesToBuffer(`${revisions.join('\n')}\n`),
  })
  return stdout.toString('latin1').split('\n').slice(0, -1)
}
