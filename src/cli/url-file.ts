/** Which file a url gets in the work tree, and whether it may be made. */
import { absolute, join, parentDir } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, isErrno } from '../model/errors.js'
import { preservedName, safeSuggestedName, urlFileName } from '../model/url-file-name.js'
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { UrlInfo } from '../remotes/download.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { isIgnored, newPath } from './new-path.js'

/** How files of urls are called. */
export interface UrlNaming {
  readonly pathDepth: number | undefined
  readonly prefix: Bytes | undefined
  readonly suffix: Bytes | undefined
  /** Takes the name that the server proposes as it is. */
  readonly preservesName: boolean
}

/** One url, and the file for it when the user named one. */
export interface UrlRequest {
  readonly url: Bytes
  readonly file: Bytes | undefined
}

/**
 * The file for a url, relative to the current directory. A name that the server proposes is only taken
 * when nothing has it yet.
 * @throws AnnexError USAGE for a name that would be dangerous
 */
export function urlFile(
  { cwd }: Annex,
  { url, file, suggestedName }: UrlRequest & Pick<UrlInfo, 'suggestedName'>,
  { pathDepth, prefix, suffix, preservesName }: UrlNaming,
): Bytes {
  const proposed =
    suggestedName === undefined
      ? undefined
      : preservesName
        ? preservedName(suggestedName)
        : safeSuggestedName(suggestedName)
  const isFree = proposed !== undefined && !files.lstat(absolute(cwd, proposed))
  const name = file ?? (isFree ? proposed : urlFileName(url, pathDepth))
  return `${prefix ?? ''}${name}${suffix ?? ''}`
}

/**
 * The place for a new file.
 * @returns relative to the top of the work tree; undefined when it may not be made, which is told
 * @throws AnnexError USAGE for a place outside of the work tree
 */
export function freePath(
  annex: Annex,
  ui: ItemUi,
  { file, includesIgnored }: { file: Bytes; includesIgnored: boolean },
): Bytes | undefined {
  const path = newPath(annex, file)
  const shown = bytesToText(file)
  if (files.lstat(join(annex.repository.workTree!, path)))
    ui.warning(`${shown} already exists; not overwriting`)
  else if (!includesIgnored && isIgnored(annex, path))
    ui.warning(`not adding ${shown} which is .gitignored (use --no-check-gitignore to override)`)
  else return path
  return undefined
}

/** @throws AnnexError NOT_BUILT_YET for what leads to a torrent */
export function refuseTorrent(url: Bytes): void {
  if (!/^magnet:|\.torrent$/i.test(url)) return
  throw new AnnexError('NOT_BUILT_YET', 'Adding torrents is not built yet', {
    hint: '--raw downloads the .torrent file itself',
  })
}

/** Moves a temporary file to its place, whose directories may not exist yet. */
export function moveTo(file: Bytes, temp: Bytes): void {
  files.makeDirs(parentDir(file))
  try {
    files.rename(temp, file)
  } catch (error) {
    if (!isErrno(error, 'EXDEV')) throw error
    copyFile(temp, file)
  }
}
