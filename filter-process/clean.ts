/** Requests to clean: the bytes of a file come in, what git is to store goes out. */
import type { Backend } from '../src/backends/registry.js'
import type { PacketWriter } from '../src/git/pkt-line.js'
import { type Bytes, bytesToText } from '../src/model/bytes.js'
import { isAnnexError } from '../src/model/errors.js'
import type { Cleaner } from '../src/worktree/clean.js'
import type { Cleaned } from '../src/worktree/filter-content.js'
import { explain, sendBytes, sendError, sendSpooled, tell } from './answer.js'
import type { PacketContent } from './request.js'

export interface CleanRequest {
  readonly path: Bytes
  readonly content: PacketContent
  /** Lent for what is left of the content after a failure. */
  readonly buffer: Buffer
}

/**
 * Answers a request whose beginning the cleaner has read.
 * @returns a backend to prepare before asking again; undefined when git has its answer
 * @throws AnnexError PROTOCOL
 */
export function answerClean(
  cleaner: Cleaner,
  request: CleanRequest,
  writer: PacketWriter,
): Backend | undefined {
  let cleaned: Cleaned
  try {
    cleaned = cleaner.clean(request.path, request.content)
  } catch (error) {
    if (isAnnexError(error, 'PROTOCOL')) throw error
    request.content.drain(request.buffer)
    tell(`Cannot add ${bytesToText(request.path)}: ${explain(error)}`)
    // Never "abort": git would pass all later files through as they are.
    sendError(writer)
    return undefined
  }
  if (cleaned.kind === 'prepare') return cleaned.backend
  if (cleaned.kind === 'bytes') sendBytes(writer, cleaned.bytes)
  else sendSpooled(writer, cleaned.path)
  return undefined
}
