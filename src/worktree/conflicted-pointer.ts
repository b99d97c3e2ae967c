/**
 * Pointers in conflict: git merges them as text and sends both, with markers, through the filter.
 *
 * The index keeps all sides of a conflict, so the work tree needs no markers: it gets our side, as
 * git itself does with binary files. Then no markers reach a file whose content they would replace.
 * Implements spec: git filter, traps 30 and 31.
 */
import { MAX_POINTER_BYTES, parsePointer } from '../model/pointer.js'

const START = '<<<<<<<'
/** One conflict and nothing else: our side, perhaps that of the ancestor, theirs. */
const CONFLICT =
  /^<{7,}(?: [^\n]*)?\n([^\n]+\n)(?:\|{7,}[^\n]*\n[\s\S]*?)?={7,}\r?\n[\s\S]*?>{7,}(?: [^\n]*)?\r?\n$/

/**
 * Our side of a pointer in conflict.
 * @param blob all that git sent
 * @returns a pointer; the blob itself when it is anything else
 */
export function withoutConflict(blob: Buffer): Buffer {
  if (blob.length > MAX_POINTER_BYTES || blob.toString('latin1', 0, START.length) !== START)
    return blob
  const ours = CONFLICT.exec(blob.toString('latin1'))?.[1]
  if (ours === undefined) return blob
  const pointer = Buffer.from(ours, 'latin1')
  return parsePointer(pointer) ? pointer : blob
}

/**
 * Whether a file is what git made of two whole sides in conflict: both, with markers, and nothing
 * else. Then it is nobody's work.
 */
export function isConflictOf(file: Buffer, ours: Buffer, theirs: Buffer): boolean {
  if (file.toString('latin1', 0, START.length) !== START) return false
  const parts = file.toString('latin1').split(/^(?:<{7,}|\|{7,}|={7,}|>{7,})(?: .*)?\r?\n/m)
  const isSide = (part: string | undefined, side: Buffer) =>
    part === side.toString('latin1').replace(/(?<!\n)$/, '\n')
  const isWhole = parts.length > 3 && parts[0] === '' && parts.at(-1) === ''
  return isWhole && isSide(parts[1], ours) && isSide(parts.at(-2), theirs)
}
