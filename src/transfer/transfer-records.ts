/**
 * What lies below `annex/transfer`: the paths, and the form of the notes about transfers that are going
 * on or have failed, as git-annex has them. Implements spec: transfer, section 5.
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { escapeKeyFile, unescapeKeyFile } from '../model/key.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'

export type Direction = 'upload' | 'download'

/** Which content moves which way. */
export interface TransferSubject {
  readonly direction: Direction
  /** The other repository. */
  readonly uuid: Uuid
  readonly keyText: Bytes
}

/** A note about a transfer. */
export interface TransferNote extends TransferSubject {
  /** When it began, in milliseconds since 1970. */
  readonly startMs: number
  readonly doneBytes: number | undefined
  /** The file it is for, relative to the top of the work tree. */
  readonly file: Bytes | undefined
}

const FORM = /^(\d+(?:\.\d+)?)s(?: (\d+))?\n(.*)$/s

/** Absolute path of the note about a transfer that goes on, or has failed. */
export function notePath(
  annexDir: Bytes,
  { direction, uuid, keyText }: TransferSubject,
  state: 'running' | 'failed',
): Bytes {
  return `${noteDir(annexDir, { direction, uuid }, state)}/${escapeKeyFile(keyText)}`
}

function noteDir(
  annexDir: Bytes,
  { direction, uuid }: Omit<TransferSubject, 'keyText'>,
  state: 'running' | 'failed',
): Bytes {
  return `${annexDir}/transfer/${state === 'failed' ? 'failed/' : ''}${direction}/${uuid}`
}

/** The text of a note. */
export function formatNote({
  startMs,
  doneBytes,
  file,
}: Pick<TransferNote, 'startMs' | 'doneBytes' | 'file'>): Bytes {
  const done = doneBytes === undefined ? '' : ` ${doneBytes}`
  return `${bytesFromText(`${startMs / 1000}s${done}`)}\n${file ?? ''}\n`
}

/** Lists the notes of one direction, about transfers that go on (perhaps no more) or have failed. */
export function* listNotes(
  annexDir: Bytes,
  direction: Direction,
  state: 'running' | 'failed',
): Iterable<TransferNote> {
  const top = noteDir(annexDir, { direction, uuid: '' }, state)
  for (const { name: uuid, isDirectory } of files.listDir(top.slice(0, -1))) {
    if (!isDirectory) continue
    for (const { name } of files.listDir(`${top}${uuid}`)) {
      const keyText = name.startsWith('lck.') ? undefined : unescapeKeyFile(name)
      const text = files.readFile(`${top}${uuid}/${name}`)?.toString('latin1')
      const match = FORM.exec(text ?? '')
      if (keyText === undefined || !match) continue
      yield {
        direction,
        uuid,
        keyText,
        startMs: Number(match[1]) * 1000,
        doneBytes: match[2] === undefined ? undefined : Number(match[2]),
        file: match[3]!.replace(/\n$/, '') || undefined,
      }
    }
  }
}

/** Forgets that a transfer has failed. */
export function forgetFailure(annexDir: Bytes, subject: TransferSubject): void {
  files.remove(notePath(annexDir, subject, 'failed'))
}
