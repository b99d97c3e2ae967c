/**
 * Annex links that were moved point nowhere until their relative target is made again.
 * Implements spec: repository layout, sections 2.5 (pre-commit) and 9.2.
 */
import { blobOid, objectFormat } from '../git/object-format.js'
import { join, type Repository } from '../git/repository.js'
import { type StagedBlob, stageBlobs } from '../git/stage-blobs.js'
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import { formatLinkTarget, parseLinkTarget } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { TempFiles } from '../store/temp-files.js'
import type { AnnexedFile } from './annexed-files.js'
import { replaceBy } from './replace-file.js'

/**
 * Makes the targets of links fit their places, in the index and, where the work tree has the same
 * link, there too.
 * @returns how many were mended
 */
export function fixLinks(repository: Repository, links: Iterable<AnnexedFile>): number {
  const format = objectFormat(repository)
  const temp = new TempFiles(repository.annexDir)
  const fixed: StagedBlob[] = []
  for (const { path, keyText, isLink, entry } of links) {
    const key = parseKey(keyText)
    if (!isLink || entry.stage !== 0 || !key) continue
    const target = formatLinkTarget(key, path)
    const content = bytesToBuffer(target)
    if (blobOid(content, format) === entry.oid) continue
    fixed.push({ path, mode: 0o120000, content })
    if (repository.workTree !== undefined) relink(join(repository.workTree, path), target, temp)
  }
  stageBlobs(repository, fixed)
  return fixed.length
}

/** Replaces a link by one with the right target, if it still is a link for the same key. */
function relink(path: Bytes, target: Bytes, temp: TempFiles): void {
  const found = files.readLink(path)
  if (found === undefined || found === target || !parseLinkTarget(found)) return
  replaceBy(path, temp, (made) => files.symlink(target, made))
}
