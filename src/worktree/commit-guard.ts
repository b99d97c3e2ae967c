/**
 * A guard against large content on its way into git itself, where it stays for ever: what a commit
 * would add above `annex.guard-size` is found before it is made.
 */
import { blobSizes } from '../git/cat-file.js'
import type { GitConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import { listStagedChanges, type StagedChange } from '../git/staged-changes.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseSize } from '../model/units.js'
import * as files from '../platform/files.js'

const SETTING = 'annex.guard-size'
const DEFAULT_BYTES = 50n << 20n
const FILE = 0o100000

/** Deflate makes of two bits at most 258 bytes. */
const MOST_INFLATED = 1032n

export interface LargeBlob {
  readonly path: Bytes
  readonly sizeBytes: number
}

/**
 * The size from which on git must not have a file.
 * @returns bytes; 0 when there is no such size
 * @throws AnnexError CONFIG_INVALID
 */
export function guardSize(config: GitConfig): bigint {
  const text = config.get(SETTING)
  if (text === undefined) return DEFAULT_BYTES
  const size = parseSize(bytesToText(text))
  if (size !== undefined) return size
  throw new AnnexError('CONFIG_INVALID', `Bad size "${bytesToText(text)}" for "${SETTING}"`, {
    hint: 'Give a number with a unit, such as 50MiB, or 0 for none',
  })
}

/**
 * The large files that a commit would bring into git. What a branch being merged has is there
 * already.
 * @param changes against `HEAD`
 */
export function findLargeBlobs(
  repository: Repository,
  changes: readonly StagedChange[],
  limitBytes: bigint,
): LargeBlob[] {
  if (limitBytes === 0n) return []
  const candidates = changes.filter(({ mode }) => (mode & 0o170000) === FILE)
  const oids = new Set(candidates.map(({ oid }) => oid))
  for (const oid of oids) if (isSurelySmaller(repository, oid, limitBytes)) oids.delete(oid)
  const sizes = blobSizes(repository, oids)
  const large = candidates.flatMap(({ path, oid }) => {
    const sizeBytes = sizes.get(oid) ?? 0
    return BigInt(sizeBytes) >= limitBytes ? [{ path, sizeBytes }] : []
  })
  if (large.length === 0 || !files.exists(`${repository.gitDir}/MERGE_HEAD`)) return large
  const isNew = new Set(listStagedChanges(repository, 'MERGE_HEAD').map(({ path }) => path))
  return large.filter(({ path }) => isNew.has(path))
}

/**
 * Whether the file of a loose object is too short for so much content. For most commits this saves
 * asking git, which takes a process and 13 µs an object; looking takes 5.
 */
function isSurelySmaller({ commonDir }: Repository, oid: Bytes, limitBytes: bigint): boolean {
  const loose = files.stat(`${commonDir}/objects/${oid.slice(0, 2)}/${oid.slice(2)}`)
  return loose !== undefined && loose.size * MOST_INFLATED < limitBytes
}
