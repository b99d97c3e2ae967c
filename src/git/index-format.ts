/**
 * Git's index file as a format: versions 2, 3 and 4, SHA-1 and SHA-256 object names.
 *
 * Pure. Entries are views into the buffer; stat fields are decoded when asked for. Split indexes and
 * required extensions that we do not know are refused, never misread. Implements gitformat-index(5).
 */

import type { Bytes } from '../model/bytes.js'
import { startDigest } from '../model/digest.js'
import { AnnexError } from '../model/errors.js'
import { type ObjectFormat, OID_BYTES } from './object-format.js'

/** What git remembers of a file; all numbers are cut to 32 bits, as in the index. */
export interface IndexStat {
  readonly ctimeSeconds: number
  readonly ctimeNanoseconds: number
  readonly mtimeSeconds: number
  readonly mtimeNanoseconds: number
  readonly dev: number
  readonly ino: number
  readonly uid: number
  readonly gid: number
  readonly sizeBytes: number
}

export interface IndexEntry {
  /** Relative to the top of the work tree. */
  readonly path: Bytes
  /** 0o100644, 0o100755, 0o120000 (link), 0o160000 (submodule), 0o040000 (sparse directory). */
  readonly mode: number
  /** Object id, lower case hexadecimal. */
  readonly oid: Bytes
  /** 0, or 1 to 3 in a conflict (base, ours, theirs). */
  readonly stage: number
  readonly assumeValid: boolean
  readonly skipWorktree: boolean
  readonly intentToAdd: boolean
  /** Undefined when the listing came from git, which does not tell. */
  readonly stat: IndexStat | undefined
  /** The file may have changed in the second in which the index was written, leaving no trace. */
  readonly isRacy: boolean
}

/** An entry and its place in the file. */
export interface PlacedEntry extends IndexEntry {
  /** Byte offset of the entry; its nine stat fields lie there, 40 bytes, see STAT_FIELDS. */
  readonly offset: number
  readonly stat: IndexStat
}

export interface IndexExtension {
  readonly signature: string
  /** Content without signature and length. */
  readonly data: Buffer
}

export interface ParsedIndex {
  readonly version: number
  readonly entries: readonly PlacedEntry[]
  readonly extensions: readonly IndexExtension[]
  /** Holds directories instead of their files (`git sparse-checkout --sparse-index`). */
  readonly isSparse: boolean
  /** False when the checksum is left out (`index.skipHash`). */
  readonly hasChecksum: boolean
}

/** Order of the stat fields of an entry, each a big-endian 32-bit number; `mode` is the seventh. */
export const STAT_FIELDS = [
  'ctimeSeconds',
  'ctimeNanoseconds',
  'mtimeSeconds',
  'mtimeNanoseconds',
  'dev',
  'ino',
  'mode',
  'uid',
  'gid',
  'sizeBytes',
] as const
/** Offset of the seconds of the mtime. */
const MTIME_OFFSET = 8
/** Offset of the first byte after the stat fields: the object id. */
const OID_OFFSET = 4 * STAT_FIELDS.length
const HEADER_BYTES = 12
const ASSUME_VALID = 0x8000
const EXTENDED = 0x4000
const NAME_LENGTH = 0x0fff
const SKIP_WORKTREE = 0x4000
const INTENT_TO_ADD = 0x2000
const SPARSE = 'sdir'

/** One entry of a parsed file; what is rarely asked for is decoded when asked for. */
class Entry implements PlacedEntry {
  readonly #file: Buffer
  readonly #oidEnd: number
  readonly #indexSeconds: number
  #oid: Bytes | undefined
  readonly path: Bytes
  readonly offset: number

  constructor({ file, indexSeconds }: Body, offset: number, oidEnd: number, path: Bytes) {
    this.#file = file
    this.#indexSeconds = indexSeconds
    this.#oidEnd = oidEnd
    this.path = path
    this.offset = offset
  }

  get mode(): number {
    return this.#file.readUInt32BE(this.offset + 24)
  }
  get oid(): Bytes {
    this.#oid ??= this.#file.toString('hex', this.offset + OID_OFFSET, this.#oidEnd)
    return this.#oid
  }
  get stage(): number {
    return (this.#flags >> 12) & 3
  }
  get assumeValid(): boolean {
    return (this.#flags & ASSUME_VALID) !== 0
  }
  get skipWorktree(): boolean {
    return (this.#extendedFlags & SKIP_WORKTREE) !== 0
  }
  get intentToAdd(): boolean {
    return (this.#extendedFlags & INTENT_TO_ADD) !== 0
  }
  get stat(): IndexStat {
    const at = (field: number) => this.#file.readUInt32BE(this.offset + 4 * field)
    return {
      ctimeSeconds: at(0),
      ctimeNanoseconds: at(1),
      mtimeSeconds: at(2),
      mtimeNanoseconds: at(3),
      dev: at(4),
      ino: at(5),
      uid: at(7),
      gid: at(8),
      sizeBytes: at(9),
    }
  }
  get isRacy(): boolean {
    return this.#file.readUInt32BE(this.offset + MTIME_OFFSET) >= this.#indexSeconds
  }
  get #flags(): number {
    return this.#file.readUInt16BE(this.#oidEnd)
  }
  get #extendedFlags(): number {
    return this.#flags & EXTENDED ? this.#file.readUInt16BE(this.#oidEnd + 2) : 0
  }
}

/**
 * Parses an index file.
 * @param file the whole file; entries keep referring to it
 * @param indexSeconds mtime of the file, whole seconds; 0 makes every entry racy
 * @throws AnnexError INDEX_UNSUPPORTED when it is damaged, split, or needs what we do not know
 */
export function parseIndex(file: Buffer, format: ObjectFormat, indexSeconds = 0): ParsedIndex {
  const oidBytes = OID_BYTES[format]
  if (file.length < HEADER_BYTES + oidBytes || file.toString('latin1', 0, 4) !== 'DIRC')
    throw unsupported('it does not begin with DIRC')
  const version = file.readUInt32BE(4)
  if (version < 2 || version > 4) throw unsupported(`its version is ${version}`)
  const hasChecksum = verifyChecksum(file, format)
  const body = { file, version, oidBytes, end: file.length - oidBytes, indexSeconds }
  const { entries, end } = parseEntries(body, file.readUInt32BE(8))
  const extensions = parseExtensions(file, end, body.end)
  const isSparse = extensions.some(({ signature }) => signature === SPARSE)
  return { version, entries, extensions, isSparse, hasChecksum }
}

/** @returns false when the checksum is left out */
function verifyChecksum(file: Buffer, format: ObjectFormat): boolean {
  const end = file.length - OID_BYTES[format]
  const found = file.subarray(end)
  if (found.every((byte) => byte === 0)) return false
  if (found.equals(indexChecksum(file, format))) return true
  throw unsupported('its checksum does not match')
}

/**
 * The checksum for an index.
 * @param file the whole file; the place of the checksum at its end is not looked at
 */
export function indexChecksum(file: Buffer, format: ObjectFormat): Buffer {
  return startDigest(format).update(file.subarray(0, -OID_BYTES[format])).digest()
}

interface Body {
  readonly file: Buffer
  readonly version: number
  readonly oidBytes: number
  /** Offset of the checksum. */
  readonly end: number
  readonly indexSeconds: number
}

function parseEntries(body: Body, count: number): { entries: Entry[]; end: number } {
  const { file, version, oidBytes, end } = body
  // One string for the whole file: its slices cost no copy.
  const text = file.toString('latin1', 0, end)
  const entries: Entry[] = []
  let offset = HEADER_BYTES
  let previous: Bytes = ''
  for (let i = 0; i < count; i++) {
    const oidEnd = offset + OID_OFFSET + oidBytes
    if (oidEnd + 4 > end) throw unsupported(`entry ${i} of ${count} is cut off`)
    let start = oidEnd + (file[oidEnd]! & (EXTENDED >> 8) ? 4 : 2)
    let kept = ''
    if (version === 4) {
      let removed = file[start]! & 127
      while (file[start++]! & 128) removed = (removed + 1) * 128 + (file[start]! & 127)
      if (removed > previous.length) throw unsupported(`entry ${i} shortens a path too far`)
      kept = previous.slice(0, previous.length - removed)
    }
    const length = file.readUInt16BE(oidEnd) & NAME_LENGTH
    const nul = version < 4 && length < NAME_LENGTH ? start + length : file.indexOf(0, start)
    if (nul < 0 || nul >= end) throw unsupported(`the path of entry ${i} has no end`)
    previous = kept + text.slice(start, nul)
    entries.push(new Entry(body, offset, oidEnd, previous))
    // Versions 2 and 3 fill up with 1 to 8 NULs to a multiple of 8.
    offset = version === 4 ? nul + 1 : offset + ((nul - offset + 8) & ~7)
  }
  return { entries, end: offset }
}

function parseExtensions(file: Buffer, start: number, end: number): IndexExtension[] {
  const extensions: IndexExtension[] = []
  for (let offset = start; offset < end; ) {
    const signature = file.toString('latin1', offset, offset + 4)
    const dataStart = offset + 8
    if (dataStart > end) throw unsupported('an extension is cut off')
    const dataEnd = dataStart + file.readUInt32BE(offset + 4)
    if (dataEnd > end) throw unsupported(`its extension "${signature}" is cut off`)
    // A first letter other than A to Z means: not to be understood without it.
    if (!/^[A-Z]/.test(signature) && signature !== SPARSE)
      throw unsupported(`it needs the extension "${signature}"`)
    extensions.push({ signature, data: file.subarray(dataStart, dataEnd) })
    offset = dataEnd
  }
  return extensions
}

function unsupported(reason: string): AnnexError {
  return new AnnexError('INDEX_UNSUPPORTED', `Cannot read the git index: ${reason}`)
}
