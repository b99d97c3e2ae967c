/**
 * Notes of contents that a filter session has promised to put in place when git is done, one file for
 * each session: `annex/annexe/deferred/PID`, lines `KEY FILE`. While the process lives they are its
 * own business (git runs hooks in between); when it was killed, the next command finishes them.
 */
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import { isProcessAlive } from '../platform/process.js'

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
  files.makeDirs(dir)
  files.appendFile(`${dir}/${process.pid}`, Buffer.from(`${keyText} ${path}\n`, 'latin1'))
}

/** Removes the notes of this process: everything is in place. */
export function clearDeferred(repository: Repository): void {
  files.remove(`${notesDir(repository)}/${process.pid}`)
}

/** Whether a killed process has left notes. */
export function hasAbandonedDeferrals(repository: Repository): boolean {
  return files.listDir(notesDir(repository)).some(({ name }) => isAbandoned(name))
}

function isAbandoned(name: Bytes): boolean {
  const pid = Number(name)
  return Number.isInteger(pid) && pid !== process.pid && !isProcessAlive(pid)
}

/** Takes the notes of processes that were killed. @returns the serialized keys, each once */
export function takeAbandonedDeferrals(repository: Repository): Bytes[] {
  const keys = new Set<Bytes>()
  const dir = notesDir(repository)
  for (const { name } of files.listDir(dir)) {
    if (!isAbandoned(name)) continue
    const lines = files.readFile(`${dir}/${name}`)?.toString('latin1').split('\n') ?? []
    for (const line of lines) keys.add(line.slice(0, Math.max(0, line.indexOf(' '))))
    files.remove(`${dir}/${name}`)
  }
  return [...keys].filter((keyText) => parseKey(keyText) !== undefined)
}

/** A linked work tree has notes of its own: another one's index does not know its files. */
function notesDir({ annexDir, gitDir, commonDir }: Repository): Bytes {
  return gitDir === commonDir ? `${annexDir}/annexe/deferred` : `${gitDir}/annexe-deferred`
}
