/** The blobs and trees of many commits at once: each is named once, by one process. */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import type { Repository } from './repository.js'
import { git, gitOutput } from './run.js'

/**
 * Lists the objects in the trees of revisions, not of their history: blobs, the trees themselves and,
 * where they were named, commits and tags.
 * @param oids ids of commits, tags or trees that exist
 * @throws AnnexError GIT_FAILED when git cannot read one: whoever asks must not take it for empty
 */
export function listTreeObjects(repository: Repository, oids: readonly Bytes[]): Bytes[] {
  if (oids.length === 0) return []
  const args = ['rev-list', '--objects', '--no-object-names', '--no-walk', '--stdin']
  const { stdout } = git(repository, args, { input: bytesToBuffer(`${oids.join('\n')}\n`) })
  return stdout.toString('latin1').split('\n').slice(0, -1)
}

/** The object that a name means, such as `HEAD^`; undefined when it means none. */
export function findObject(repository: Repository, name: string): Bytes | undefined {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', name]
  const oid = gitOutput(repository, args, { okStatus: [0, 1, 128] })
  return /^[0-9a-f]{40,64}$/.test(oid) ? oid : undefined
}
