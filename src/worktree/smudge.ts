/**
 * Smudge: what a checkout puts into the work tree for what git has stored.
 *
 * The content of an annexed file when it is here, else the pointer; anything else unchanged. Nothing
 * here fails for good: git would stop half-way through a checkout with files missing (spec: git
 * filter, trap 3), so whatever is wrong leads to the pointer and a warning.
 */
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
  /** The content of an open file of this length, from its beginning; the caller closes it. */
  | { readonly kind: 'content'; readonly fd: number; readonly sizeBytes: bigint }

const UNCHANGED = { kind: 'unchanged' } as const

/**
 * Decides what a checkout gets.
 * @param path relative to the top of the work tree, for messages
 * @param blob all that git sent; of more than 32 KiB the beginning will do
 */
export function smudge(context: FilterContext, path: Bytes, blob: Buffer): Smudged {
  const key = parsePointer(blob)
  // An annexed empty file keeps its pointer: its content would look modified for ever (trap 11).
  if (!key || key.sizeBytes === 0n) return UNCHANGED
  try {
    return openObject(context, path, key)
  } catch (error) {
    context.warn(`${bytesToText(path)} is left as a pointer: ${errorMessage(error)}`)
    return UNCHANGED
  }
}

function openObject(context: FilterContext, path: Bytes, key: Key): Smudged {
  const object = context.store.locate(formatKey(key))
  if (!object) return UNCHANGED
  const fd = files.open(object.path, 'r')
  const sizeBytes = files.fstat(fd).size
  if (key.sizeBytes === undefined || key.sizeBytes === sizeBytes)
    return { kind: 'content', fd, sizeBytes }
  files.close(fd)
  context.warn(
    `${bytesToText(path)} is left as a pointer: its object has ${sizeBytes} bytes where the key ` +
      `says ${key.sizeBytes}; run "git annex fsck"`,
  )
  return UNCHANGED
}
