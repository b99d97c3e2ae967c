/** The opening of git's long-running filter protocol, version 2. Implements gitattributes(5). */
import type { PacketReader, PacketWriter } from '../src/git/pkt-line.js'
import type { Bytes } from '../src/model/bytes.js'
import { AnnexError } from '../src/model/errors.js'

const VERSION: Bytes = 'version=2'
const CAPABILITIES: readonly Bytes[] = [
  'capability=clean',
  'capability=smudge',
  // Git then tells which smudges are part of a checkout: after those it waits for us.
  'capability=delay',
]

/**
 * Agrees with git on version and capabilities.
 * @returns false when git went away before it said anything
 * @throws AnnexError PROTOCOL
 */
export function shakeHands(reader: PacketReader, writer: PacketWriter): boolean {
  const status = reader.next()
  if (status === 'eof') return false
  if (status !== 'data' || reader.text() !== 'git-filter-client')
    throw protocolError(reader, status, 'the welcome "git-filter-client"')
  if (!readList(reader).includes(VERSION))
    throw new AnnexError('PROTOCOL', 'Cannot filter: this git does not offer protocol version 2')
  writer.line('git-filter-server')
  writer.line(VERSION)
  writer.flush()
  writer.send()
  const offered = readList(reader)
  for (const capability of CAPABILITIES) if (offered.includes(capability)) writer.line(capability)
  writer.flush()
  writer.send()
  return true
}

/** Reads the lines of a list up to its flush packet. @throws AnnexError PROTOCOL */
export function readList(reader: PacketReader): Bytes[] {
  const lines: Bytes[] = []
  for (;;) {
    const status = reader.next()
    if (status === 'flush') return lines
    if (status !== 'data') throw protocolError(reader, status, 'a line or the end of a list')
    lines.push(reader.text())
  }
}

/** The error for what came instead of what the protocol demands. */
export function protocolError(reader: PacketReader, status: string, wanted: string): AnnexError {
  const found =
    status === 'malformed'
      ? reader.problem
      : status === 'eof'
        ? 'the end of the stream'
        : status === 'data'
          ? `"${reader.text().slice(0, 80)}"`
          : `a ${status} packet`
  return new AnnexError('PROTOCOL', `Cannot filter: git sent ${found} where ${wanted} belongs`, {
    hint: 'This command is for git to run, see gitattributes(5)',
  })
}
