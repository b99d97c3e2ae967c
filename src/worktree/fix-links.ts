/**
 * Annex links that were moved point nowhere until their relative target is made again.
 * Implements spec: repository layout, sections 2.5 (pre-commit) and 9.2.
 */
import { objectFormat, textOid } from '../git/object-format.js'
import { join, type Repository } from '../git/repository.js'
import { type StagedBlob, stageBlobs } from '../git/stage-blobs.js'
import type { Bytes } from '../model/bytes.js'
import { formatKey, parseKey } from '../model/key.js'
import { formatLinkTarget, parseLinkTarget } from '../model/pointer.js'
import * as files from '../platform/files.js'
import { TempFiles } from '../store/temp-files.js'
import type { AnnexedFile } from './annexed-files.js'
import { isBeyondLink } from './leading-links.js'
import { replaceBy } from './replace-file.js'

/** Whether a link's target does not fit its place, in the index or in the work tree. */
export function isMisplaced(link: AnnexedFile, repository: Repository): boolean {
  const target = targetOf(link)
  if (target === undefined) return false
  if (textOid(target, objectFormat(repository)) !== link.entry.oid) return true
  return leadsElsewhere(repository, link, target)
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
    if (textOid(target, format) !== link.entry.oid)
      fixed.push({ path: link.path, mode: 0o120000, content: target })
    if (workTree === undefined) continue
    const path = join(workTree, link.path)
    // Before the look at where it leads: what comes in its place then is somebody's work.
    const before = files.lstat(path)
    if (leadsElsewhere(repository, link, target))
      replaceBy(path, temp, (made) => files.symlink(target, made), before)
  }
  stageBlobs(repository, fixed)
  return count
}

/** The target that fits; undefined for what is no link or in conflict. */
function targetOf({ path, keyText, isLink, entry }: AnnexedFile): Bytes | undefined {
  const key = parseKey(keyText)
  return isLink && entry.stage === 0 && key ? formatLinkTarget(key, path) : undefined
}

/** Whether the work tree has a link for the key of the file, but with another target. */
function leadsElsewhere(
  repository: Repository,
  { path, keyText }: AnnexedFile,
  target: Bytes,
): boolean {
  const { workTree } = repository
  if (workTree === undefined || isBeyondLink(repository, path)) return false
  const found = files.readLink(join(workTree, path))
  if (found === undefined || found === target) return false
  const key = parseLinkTarget(found)
  return key !== undefined && formatKey(key) === keyText
}
