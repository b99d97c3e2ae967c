/** What `git annex import` finds at the places that it is given. */
import { topPath } from '../git/list-files.js'
import { absolute, join } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText, compareBytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { Annex } from './annex.js'

/** A file to be imported. */
export interface ImportSource {
  /** Absolute. */
  readonly source: Bytes
  /** Where it goes, relative to the current directory: below the name of what was given. */
  readonly file: Bytes
}

/**
 * Lists the files below the given places, in the order of their bytes. A link that is given is
 * followed; links below it are left alone, as they could lead anywhere.
 * @param words files and directories, relative to the current directory
 * @throws AnnexError USAGE for what is not there, or in the work tree, or around it
 */
export function listImportSources(annex: Annex, words: readonly string[]): ImportSource[] {
  const places = words.map((word) => absolute(annex.cwd, bytesFromText(word)))
  refuseOurOwn(annex, places)
  for (const [i, place] of places.entries())
    if (!files.stat(place)) throw new AnnexError('USAGE', `${words[i]} does not exist`)
  return places.flatMap((place) => {
    const name = place.slice(place.lastIndexOf('/') + 1)
    return files.stat(place)!.isDirectory()
      ? [...walk(place, name)]
      : [{ source: place, file: name }]
  })
}

function refuseOurOwn({ repository }: Annex, places: readonly Bytes[]): void {
  const inside = places.filter((place) => topPath(repository, place) !== undefined)
  if (inside.length > 0)
    throw new AnnexError(
      'USAGE',
      `cannot import files from inside the working tree (use git annex add instead): ${inside.map(bytesToText).join(' ')}`,
    )
  const top = files.realPath(repository.workTree!)
  const around = places.filter((place) => top?.startsWith(`${files.realPath(place)}/`))
  if (around.length > 0)
    throw new AnnexError(
      'USAGE',
      `cannot import from a directory that the repository is in: ${around.map(bytesToText).join(' ')}`,
    )
}

function* walk(dir: Bytes, shown: Bytes): Iterable<ImportSource> {
  const entries = files.listDir(dir).sort((a, b) => compareBytes(a.name, b.name))
  for (const { name, isDirectory, isFile } of entries) {
    const [source, file] = [join(dir, name), `${shown}/${name}`]
    if (isDirectory) yield* walk(source, file)
    else if (isFile) yield { source, file }
  }
}
