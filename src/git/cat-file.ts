/**
 * Reading git objects: many at once with one process, or one by one from a process that stays.
 *
 * Uses `--batch` and `--batch-check`, which every supported git has. Object names with a newline or
 * a NUL cannot be asked for and count as missing.
 */
import type { Bytes } from '../model/bytes.js'
import type { Repository } from './repository.js'
import { gitBulk } from './run.js'

/** What git knows of an object without its content. */
export interface ObjectInfo {
  readonly oid: Bytes
  readonly type: 'blob' | 'tree' | 'commit' | 'tag'
  readonly sizeBytes: number
}

const HEADER = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/

/**
 * Reads whole objects with one process. All of them are in memory at once: ask {@link readInfos}
 * first when they may be big.
 * @param names object ids or any other names, such as `main:dir/file`
 * @returns contents by the name asked for; missing objects are left out
 */
export function readBlobs(repository: Repository, names: Iterable<Bytes>): Map<Bytes, Buffer> {
  const wanted = askable(names)
  const contents = new Map<Bytes, Buffer>()
  if (wanted.length === 0) return contents
  const output = askCatFile(repository, '--batch', wanted)
  let offset = 0
  for (const name of wanted) {
    const lineEnd = headerEnd(output, offset, name)
    const info = parseInfoLine(output.toString('latin1', offset, lineEnd))
    offset = lineEnd + 1
    if (!info) continue
    contents.set(name, output.subarray(offset, offset + info.sizeBytes))
    offset += info.sizeBytes + 1
  }
  return contents
}

/**
 * Asks for type and size of many objects with one process.
 * @returns answers by the name asked for; missing objects are left out
 */
export function readInfos(repository: Repository, names: Iterable<Bytes>): Map<Bytes, ObjectInfo> {
  const wanted = askable(names)
  const infos = new Map<Bytes, ObjectInfo>()
  if (wanted.length === 0) return infos
  const lines = askCatFile(repository, '--batch-check', wanted).toString('latin1').split('\n')
  for (const [i, name] of wanted.entries()) {
    const info = parseInfoLine(lines[i]!)
    if (info) infos.set(name, info)
  }
  return infos
}

/** Sizes in bytes of many objects. @see readInfos */
export function blobSizes(repository: Repository, names: Iterable<Bytes>): Map<Bytes, number> {
  const sizes = new Map<Bytes, number>()
  for (const [name, info] of readInfos(repository, names)) sizes.set(name, info.sizeBytes)
  return sizes
}

/** One line of `--batch-check`; undefined for a missing or ambiguous object. */
export function parseInfoLine(line: Bytes): ObjectInfo | undefined {
  const match = HEADER.exec(line)
  if (!match) return undefined
  return { oid: match[1]!, type: match[2] as ObjectInfo['type'], sizeBytes: Number(match[3]) }
}

/** Whether a name fits on a line of the batch protocol. */
export function isAskable(name: Bytes): boolean {
  return name !== '' && !/[\n\0]/.test(name)
}

function askable(names: Iterable<Bytes>): Bytes[] {
  return [...new Set(names)].filter(isAskable)
}

/** So many contents may come through a pipe: git writes each by itself, whatever `--buffer` says. */
const FEW = 100

/**
 * Asks `git cat-file` about many objects with one process.
 * @param names each fit for a line, see {@link isAskable}
 * @returns what it says, one answer after the other
 */
export function askCatFile(
  repository: Repository,
  mode: '--batch' | '--batch-check',
  names: readonly Bytes[],
): Buffer {
  const input = Buffer.from(`${names.join('\n')}\n`, 'latin1')
  const writesInPieces = mode === '--batch' && names.length > FEW
  return gitBulk(repository, ['cat-file', mode, '--buffer'], { input, writesInPieces }).stdout
}

function headerEnd(output: Buffer, offset: number, name: Bytes): number {
  const end = output.indexOf(10, offset)
  if (end < 0) throw new Error(`git cat-file stopped before it answered for ${name}`)
  return end
}
