/**
 * Annex links that were moved point nowhere until their relative target is made again.
 * Implements spec: repository layout, sections 2.5 (pre-commit) and 9.2.
 */
import { blobOid, objectFormat } from '../git/object-format.js'
import { join, type Repository } from '../git/repository.js'
import { type StagedBlob, stageBlobs } from '../git/stage-blobs.js'
import { type Bytes, bytesToBuffer } from '../model/bytes.js'
import { formatKey, parseKey } from '../model/key.js'
import { formatLinkTarget, parseLinkTarget } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { TempFiles } from '../store/temp-files.js'
import type { AnnexedFile } from './annexed-files.js'
import { replaceBy } from './replace-file.js'

/** Whether a link's target does not fit its place, in the index or in the work tree. */
export function isMisplaced(link: AnnexedFile, repository: Repository): boolean {
  const target = targetOf(link)
  if (target === undefined) return false
  if (blobOid(bytesToBuffer(target), objectFormat(repository)) !== link.entry.oid) return true
  const { workTree } = repository
  return workTree !== undefined && leadsElsewhere(join(workTree, link.path), link, target)
}

/**
 * Makes the targets of links fit their places, in the index and, where the work tree has a link for
 * the same key, there too.
 * @returns how many were mended
 */
export function fixLinks(repository: Repository, links: Iterable<AnnexedFile>): number {
  const { workTree, annexDir } = repository
  const format = objectFormat(repository)
  const temp = new TempFiles(annexDir)
  const fixed: StagedBlob[] = []
  let count = 0
  for (const link of links) {
    const target = targetOf(link)
    if (target === undefined || !isMisplaced(link, repository)) continue
    count++
    const content = bytesToBuffer(target)
    if (blobOid(content, format) !== link.entry.oid)
      fixed.push({ path: link.path, mode: 0o120000, content })
    const path = workTree === undefined ? undefined : join(workTree, link.path)
    if (path !== undefined && leadsElsewhere(path, link, target))
      replaceBy(path, temp, (made) => files.symlink(target, made))
  }
  stageBlobs(repository, fixed)
  return count
}

/** The target that fits; undefined for what is no link or in conflict. */
function targetOf({ path, keyText, isLink, entry }: AnnexedFile): Bytes | undefined {
  const key = parseKey(keyText)
  return isLink && entry.stage === 0 && key ? formatLinkTarget(key, path) : undefined
}

/** Whether there is a link for the key of the file, but with another target. */
function leadsElsewhere(path: Bytes, { keyText }: AnnexedFile, target: Bytes): boolean {
  const found = files.readLink(path)
  if (found === undefined || found === target) return false
  const key = parseLinkTarget(found)
  return key !== undefined && formatKey(key) === keyText
}
