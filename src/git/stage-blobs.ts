/**
 * Staging contents that we made ourselves (pointer files, annex links): all blobs through one
 * `git fast-import`, all index entries through one `git update-index`. Two processes for any number
 * of files, where `git add` would start the filter and read every file again.
 */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { indexEnv } from './index-file.js'
import { blobOid, objectFormat } from './object-format.js'
import type { Repository } from './repository.js'
import { git, gitBulk } from './run.js'

/** A path and what git is to hold for it. */
export interface StagedBlob {
  /** Relative to the top. */
  readonly path: Bytes
  /** 0o100644, 0o100755 or 0o120000. */
  readonly mode: number
  readonly content: Uint8Array
}

/**
 * Writes the blobs and puts them into the index, replacing what stands in their way there.
 * @returns the object name of each blob, in order
 * @throws AnnexError GIT_FAILED, for instance when the index is locked; then nothing is staged
 */
export function stageBlobs(repository: Repository, blobs: readonly StagedBlob[]): Bytes[] {
  if (blobs.length === 0) return []
  writeBlobs(
    repository,
    blobs.map((blob) => blob.content),
  )
  const format = objectFormat(repository)
  const oids = blobs.map((blob) => blobOid(blob.content, format))
  const lines = blobs.map(({ path, mode }, i) => `${mode.toString(8)} ${oids[i]}\t${path}\0`)
  git(repository, ['update-index', '-z', '--replace', '--index-info'], {
    input: bytesToBuffer(lines.join('')),
    env: indexEnv(repository),
  })
  return oids
}

/**
 * Pointers and links are too short to gain by compression or by deltas between them (10,000 pointers:
 * 0.25 s of processor time instead of 0.06). `git gc` compresses what stays.
 */
const UNCOMPRESSED = ['core.compression=0']

/** Stores contents as blobs in git's object database. */
export function writeBlobs(repository: Repository, contents: readonly Uint8Array[]): void {
  const parts: Uint8Array[] = []
  for (const content of contents)
    parts.push(Buffer.from(`blob\ndata ${content.length}\n`), content, NEWLINE)
  gitBulk(repository, ['fast-import', '--quiet', '--date-format=raw', '--depth=0'], {
    input: Buffer.concat(parts),
    config: UNCOMPRESSED,
  })
}

const NEWLINE = Buffer.from('\n')
