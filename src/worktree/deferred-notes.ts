/**
 * Notes of contents that a filter session has promised to put in place when git is done, one file for
 * each session: `annex/annexe/deferred/HOST-PID-START`, lines `KEY FILE`. While the process lives they
 * are its own business (git runs hooks in between); when it was killed, the next command finishes them.
 * The hooks post-checkout and post-merge know the form of the names.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { makeDirsIn } from '../platform/make-dirs.js'
import { isAbandoned, processTag } from '../platform/process.js'

/** A pointer file that waits for its content. */
export interface WaitingFile {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** The serialized key. */
  readonly keyText: Bytes
}

/** Notes a file for this process. */
export function noteDeferred(repository: Repository, { keyText, path }: WaitingFile): void {
  const dir = notesDir(repository)
  makeDirsIn(repository.gitDir, dir)
  files.appendFile(`${dir}/${processTag()}`, Buffer.from(`${keyText} ${path}\n`, 'latin1'))
}

/** Removes the notes of this process: everything is in place. */
export function clearDeferred(repository: Repository): void {
  files.remove(`${notesDir(repository)}/${processTag()}`)
}

/** The notes that processes have left which are gone: absolute paths. */
export function listAbandonedNotes(repository: Repository): Bytes[] {
  const dir = notesDir(repository)
  return files
    .listDir(dir)
    .flatMap(({ name }) => (isAbandoned(dir, name) ? [`${dir}/${name}`] : []))
}

/** The keys of the contents in some notes, serialized, each once. */
export function readNotedKeys(notes: readonly Bytes[]): Bytes[] {
  const keys = new Set<Bytes>()
  for (const note of notes)
    for (const line of files.readFile(note)?.toString('latin1').split('\n') ?? [])
      keys.add(line.slice(0, Math.max(0, line.indexOf(' '))))
  return [...keys].filter((keyText) => parseKey(keyText) !== undefined)
}

/** Removes notes: all is done that they promise. */
export function removeNotes(notes: readonly Bytes[]): void {
  for (const note of notes) files.remove(note)
}

/** A linked work tree has notes of its own: another one's index does not know its files. */
function notesDir({ annexDir, gitDir, commonDir }: Repository): Bytes {
  return gitDir === commonDir ? `${annexDir}/annexe/deferred` : `${gitDir}/annexe-deferred`
}
