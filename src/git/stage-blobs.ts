/**
 * Staging contents that we made ourselves (pointer files, annex links): all blobs through one
 * `git fast-import`, all index entries through one `git update-index`. Two processes for any number
 * of files, where `git add` would start the filter and read every file again.
 */
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { limitMemory } from '../platform/memory.js'
import { indexEnv } from './index-file.js'
import { objectFormat, textOid } from './object-format.js'
import type { Repository } from './repository.js'
import { git, gitBulk } from './run.js'

/** A path and what git is to hold for it. */
export interface StagedBlob {
  /** Relative to the top. */
  readonly path: Bytes
  /** 0o100644, 0o100755 or 0o120000. */
  readonly mode: number
  readonly content: Bytes
}

/**
 * Writes the blobs and puts them into the index, replacing what stands in their way there.
 * @returns the object name of each blob, in order
 * @throws AnnexError GIT_FAILED, for instance when the index is locked; then nothing is staged
 */
export function stageBlobs(repository: Repository, blobs: Iterable<StagedBlob>): Bytes[] {
  const format = objectFormat(repository)
  const oids: Bytes[] = []
  let imports: Bytes = ''
  let entries: Bytes = ''
  for (const { path, mode, content } of blobs) {
    limitMemory()
    const oid = textOid(content, format)
    oids.push(oid)
    imports += `blob\ndata ${content.length}\n${content}\n`
    entries += `${mode.toString(8)} ${oid}\t${path}\0`
  }
  if (oids.length === 0) return oids
  importBlobs(repository, imports)
  git(repository, ['update-index', '-z', '--replace', '--index-info'], {
    input: bytesToBuffer(entries),
    env: indexEnv(repository),
  })
  return oids
}

/**
 * Pointers and links are too short to gain by compression or by deltas between them (10,000 pointers:
 * 0.25 s of processor time instead of 0.06). `git gc` compresses what stays.
 */
const UNCOMPRESSED = ['core.compression=0']

/** Has git store blobs. @param stream what fast-import reads */
function importBlobs(repository: Repository, stream: Bytes): void {
  gitBulk(repository, ['fast-import', '--quiet', '--date-format=raw', '--depth=0'], {
    input: bytesToBuffer(stream),
    config: UNCOMPRESSED,
  })
}
