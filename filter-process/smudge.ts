/** Requests to smudge: a blob comes in, what the work tree is to have goes out. */
import type { PacketWriter } from '../src/git/pkt-line.js'
import { type Bytes, bytesToText } from '../src/model/bytes.js'
import { isAnnexError } from '../src/model/errors.js'
import * as files from '../src/platform/files.js'
import { withoutConflict } from '../src/worktree/conflicted-pointer.js'
import type { FilterContext } from '../src/worktree/filter-context.js'
import { smudge } from '../src/worktree/smudge.js'
import { explain, sendBytes, sendError, sendFile, sendSpooled, tell } from './answer.js'
import { type DelayedCheckout, sendDelayed } from './delay.js'
import type { PacketContent } from './request.js'

export interface SmudgeRequest {
  readonly path: Bytes
  readonly content: PacketContent
  /** Git will wait for us in the end, so a large content can be put in place then. */
  readonly canDelay: boolean
  readonly delayed: DelayedCheckout
  /** Lent for the content. */
  readonly buffer: Buffer
}

/**
 * Answers a request, whatever is wrong with the annex. Only a long ordinary blob that finds no room
 * on the disk, and an object whose reading fails half-way, are errors for git, too.
 * @throws AnnexError PROTOCOL
 */
export function answerSmudge(
  context: FilterContext,
  request: SmudgeRequest,
  writer: PacketWriter,
): void {
  const { path, content, buffer, canDelay, delayed } = request
  let length = content.fill(buffer, 0)
  // Asked again for a delayed file, git does not send it a second time.
  const promised = length === 0 ? delayed.find(path) : undefined
  if (promised) length = promised.pointer.copy(buffer)
  if (length === buffer.length) {
    answerLong(context, request, writer)
    return
  }
  const blob = withoutConflict(buffer.subarray(0, length))
  if (canDelay && delayed.delays(context, path, blob)) {
    sendDelayed(writer)
    return
  }
  const canDefer = canDelay || promised !== undefined
  const smudged = smudge(context, { path, blob, canDefer })
  const isForWorkTree = canDefer || context.isWriting
  if (smudged.kind !== 'content') {
    sendBytes(writer, blob)
    if (smudged.kind === 'pointer' && isForWorkTree)
      context.deferred.addAnswered(path, BigInt(blob.length))
    return
  }
  try {
    if (!sendFile(writer, smudged.fd, smudged.sizeBytes))
      context.warn(`Cannot check out ${bytesToText(path)}: reading its content failed half-way`)
    else if (isForWorkTree) context.deferred.addAnswered(path, smudged.sizeBytes)
  } finally {
    files.close(smudged.fd)
  }
}

/** A blob too long to be a pointer or to be kept in memory goes through a file. */
function answerLong(context: FilterContext, request: SmudgeRequest, writer: PacketWriter): void {
  let path: Bytes
  try {
    path = spool(context, request)
  } catch (error) {
    if (isAnnexError(error, 'PROTOCOL')) throw error
    request.content.drain(request.buffer)
    tell(`Cannot check out ${bytesToText(request.path)}: ${explain(error)}`)
    sendError(writer)
    return
  }
  sendSpooled(writer, path)
}

function spool(context: FilterContext, { content, buffer }: SmudgeRequest): Bytes {
  const ingest = context.store.startIngest()
  try {
    for (let length = buffer.length; length > 0; length = content.fill(buffer, 0))
      ingest.write(buffer, 0, length)
    return ingest.release()
  } catch (error) {
    ingest.abort()
    throw error
  }
}
