/** Answers as git wants them: a status, content, and an empty list that confirms the status. */
import type { PacketWriter } from '../src/git/pkt-line.js'
import type { Bytes } from '../src/model/bytes.js'
import { errorHint, errorMessage } from '../src/model/errors.js'
import * as files from '../src/platform/files.js'

/** Answers with bytes. */
export function sendBytes(writer: PacketWriter, bytes: Uint8Array): void {
  openAnswer(writer)
  writer.data(bytes)
  closeAnswer(writer)
}

/**
 * Answers with an open file, from its current position on.
 * @returns false when it could not be read to the length promised; git then takes none of it
 */
export function sendFile(writer: PacketWriter, fd: number, sizeBytes: bigint): boolean {
  openAnswer(writer)
  let left = sizeBytes
  try {
    writer.pump((into, at, room) => {
      const count = files.readSome(fd, into, at, room)
      left -= BigInt(count)
      return count
    })
  } catch {
    left = -1n
  }
  if (left === 0n) closeAnswer(writer)
  else sendFailure(writer)
  return left === 0n
}

/**
 * Answers with a file, and removes it.
 * @param path absolute
 */
export function sendSpooled(writer: PacketWriter, path: Bytes): void {
  const fd = files.open(path, 'r')
  files.remove(path)
  try {
    sendFile(writer, fd, files.fstat(fd).size)
  } finally {
    files.close(fd)
  }
}

/** Answers that there is no answer for this file. */
export function sendError(writer: PacketWriter): void {
  writer.line('status=error')
  writer.flush()
  writer.send()
}

function openAnswer(writer: PacketWriter): void {
  writer.line('status=success')
  writer.flush()
}

function closeAnswer(writer: PacketWriter): void {
  writer.flush()
  writer.flush()
  writer.send()
}

function sendFailure(writer: PacketWriter): void {
  writer.flush()
  sendError(writer)
}

/** One line to the user. @param text without a newline at its end; newlines inside become blanks */
export function tell(text: string): void {
  files.writeFully(2, Buffer.from(`git-annex: ${text.replace(/\s*\n\s*/g, ' ')}\n`))
}

/** The message of an error with its hint, for one line. */
export function explain(error: unknown): string {
  const hint = errorHint(error)
  return hint === undefined ? errorMessage(error) : `${errorMessage(error)}. ${hint}`
}
