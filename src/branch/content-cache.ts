/**
 * A disposable copy of the branch's files at one commit: commands that look at every key must not ask
 * git for every key. One MessagePack array `[version, commit, paths, lengths, contents]` under
 * `annex/annexe/cache/`; paths are separated by NUL, lengths are 32-bit little endian, contents are
 * simply joined, so that reading costs next to nothing for each file.
 */
import { decode, encode } from '@msgpack/msgpack'
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs, shareFile } from '../platform/make-dirs.js'
import type { Sha } from './objects.js'

const VERSION = 1

/** The files of the branch at one commit. */
export interface BranchFiles {
  readonly commit: Sha
  readonly contents: Map<Bytes, Bytes>
}

const cachePath = (annexDir: Bytes): Bytes => `${annexDir}/annexe/cache/branch`

/** Guesses, in milliseconds, for what cannot be known before: measured with 10,000 keys. */
const LOAD_MS_PER_MEGABYTE = 4
const UPDATE_MS = 6
const BUILD_MS = 60

/**
 * How long it takes to have the whole branch in memory, in milliseconds.
 * @param commit the commit that is wanted
 */
export function estimateLoadMs(annexDir: Bytes, commit: Sha): number {
  const stat = files.stat(cachePath(annexDir))
  if (!stat) return BUILD_MS
  const head = files.readHead(cachePath(annexDir), 128)?.toString('latin1') ?? ''
  const readMs = (Number(stat.size) / 1e6) * LOAD_MS_PER_MEGABYTE
  return head.includes(commit) ? readMs : readMs + UPDATE_MS
}

/** Reads the cache; undefined when there is none that we understand. */
export function readCache(annexDir: Bytes): BranchFiles | undefined {
  const file = files.readFile(cachePath(annexDir))
  if (!file) return undefined
  try {
    const [version, commit, paths, lengths, contents] = decode(file) as unknown[]
    if (version !== VERSION || typeof commit !== 'string') return undefined
    return { commit, contents: split(asText(paths), lengths as Uint8Array, asText(contents)) }
  } catch {
    // Whatever is wrong with it, it can be made anew.
    return undefined
  }
}

const asText = (bytes: unknown): Bytes => {
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}

function split(paths: Bytes, lengths: Uint8Array, joined: Bytes): Map<Bytes, Bytes> {
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength)
  const contents = new Map<Bytes, Bytes>()
  if (paths === '') return contents
  let start = 0
  let position = 0
  for (const path of paths.split('\0')) {
    const end = start + view.getUint32(position, true)
    contents.set(path, joined.slice(start, end))
    position += 4
    start = end
  }
  if (start !== joined.length) throw new RangeError('The branch cache is cut short')
  return contents
}

/** Writes the cache; nothing happens where we may not write. */
export function writeCache(annexDir: Bytes, { commit, contents }: BranchFiles): void {
  const lengths = Buffer.alloc(contents.size * 4)
  let position = 0
  for (const content of contents.values())
    position = lengths.writeUInt32LE(content.length, position)
  const encoded = encode([
    VERSION,
    commit,
    Buffer.from([...contents.keys()].join('\0'), 'latin1'),
    lengths,
    Buffer.from([...contents.values()].join(''), 'latin1'),
  ])
  try {
    makeAnnexDirs(`${annexDir}/annexe/cache`)
    files.replaceFile(cachePath(annexDir), encoded)
    shareFile(cachePath(annexDir))
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EROFS', 'EPERM', 'ENOSPC', 'EDQUOT')) throw error
  }
}
