/**
 * Smudge: what a checkout puts into the work tree for what git has stored.
 *
 * The content of an annexed file when it is here, else the pointer; anything else unchanged. Nothing
 * here fails for good: git would stop half-way through a checkout with files missing (spec: git
 * filter, trap 3), so whatever is wrong leads to the pointer and a warning.
 */
import { blobOid, objectFormat } from '../git/object-format.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { errorMessage } from '../model/errors.js'
import { formatKey, type Key } from '../model/key.js'
import { parsePointer } from '../model/pointer.js'
import * as files from '../platform/files.js'
import type { FilterContext } from './filter-context.js'

/** What the work tree is to get. */
export type Smudged =
  /** What git sent, as it is. */
  | { readonly kind: 'unchanged' }
  /** The same, and it is a pointer file. */
  | { readonly kind: 'pointer' }
  /** The content of an open file of this length, from its beginning; the caller closes it. */
  | { readonly kind: 'content'; readonly fd: number; readonly sizeBytes: bigint }

const UNCHANGED = { kind: 'unchanged' } as const
const POINTER = { kind: 'pointer' } as const

export interface SmudgeInput {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** All that git sent; of more than 32 KiB the beginning will do. */
  readonly blob: Buffer
  /** Whether a large content may be put in place later, at the end of the session. */
  readonly canDefer: boolean
}

/** Decides what a checkout gets. */
export function smudge(context: FilterContext, input: SmudgeInput): Smudged {
  const { path, blob } = input
  const key = parsePointer(blob)
  if (!key) return UNCHANGED
  // An annexed empty file keeps its pointer: its content would look modified for ever (trap 11).
  if (key.sizeBytes === 0n) return POINTER
  try {
    return openObject(context, input, key)
  } catch (error) {
    context.warn(`${bytesToText(path)} is left as a pointer: ${errorMessage(error)}`)
    return POINTER
  }
}

function openObject(context: FilterContext, input: SmudgeInput, key: Key): Smudged {
  const { path, blob, canDefer } = input
  const object = context.store.locate(formatKey(key))
  if (!object) return POINTER
  const fd = files.open(object.path, 'r')
  const sizeBytes = files.fstat(fd).size
  const isWhole = key.sizeBytes === undefined || key.sizeBytes === sizeBytes
  const isLong = sizeBytes > context.inlineMaxBytes
  if (isWhole && !(isLong && (canDefer || context.isShowing)))
    return { kind: 'content', fd, sizeBytes }
  files.close(fd)
  if (isWhole) {
    if (!canDefer) return POINTER
    const oid = blobOid(asStored(blob), objectFormat(context.repository))
    context.deferred.add({ path, oid, keyText: formatKey(key) })
    return POINTER
  }
  context.warn(
    `${bytesToText(path)} is left as a pointer: its object has ${sizeBytes} bytes where the key ` +
      `says ${key.sizeBytes}; run "git annex fsck"`,
  )
  return POINTER
}

/** Git has turned the ends of lines already where `core.autocrlf` or `eol` says so (trap 24). */
function asStored(blob: Buffer): Buffer {
  const text = blob.toString('latin1')
  return text.includes('\r\n') ? Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1') : blob
}
