/** One request of git's: its header, and its content as a source. */
import type { PacketReader } from '../src/git/pkt-line.js'
import type { Bytes } from '../src/model/bytes.js'
import type { ContentSource } from '../src/worktree/filter-content.js'
import { protocolError, readList } from './handshake.js'

export interface FilterRequest {
  /** Such as `clean`. */
  readonly command: Bytes
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** A checkout asks: git is patient, and nothing but the work tree is waiting for the answer. */
  readonly canDelay: boolean
}

/**
 * Reads the header of the next request.
 * @returns undefined when git has closed the pipe, its way to say goodbye
 * @throws AnnexError PROTOCOL
 */
export function readRequest(reader: PacketReader): FilterRequest | undefined {
  const status = reader.next()
  if (status === 'eof') return undefined
  if (status !== 'data') throw protocolError(reader, status, 'a request')
  let command: Bytes | undefined
  let path: Bytes = ''
  let canDelay = false
  for (const line of [reader.text(), ...readList(reader)]) {
    if (line.startsWith('command=')) command = line.slice('command='.length)
    else if (line.startsWith('pathname=')) path = line.slice('pathname='.length)
    else if (line === 'can-delay=1') canDelay = true
  }
  if (command !== undefined) return { command, path, canDelay }
  throw protocolError(reader, 'flush', 'a command')
}

/** The content of the request at hand. */
export class PacketContent implements ContentSource {
  readonly #reader: PacketReader
  #isOver = false

  constructor(reader: PacketReader) {
    this.#reader = reader
  }

  /** @throws AnnexError PROTOCOL when git stops or sends something else in between */
  fill(into: Buffer, at: number): number {
    if (this.#isOver || at === into.length) return at
    const status = this.#reader.readContent(into, at)
    if (status !== 'data' && status !== 'flush')
      throw protocolError(this.#reader, status, 'content')
    this.#isOver = status === 'flush'
    return this.#reader.contentEnd
  }

  /** Reads what is left: git sends all of it before it looks at any answer. */
  drain(buffer: Buffer): void {
    while (!this.#isOver) this.fill(buffer, 0)
  }
}
