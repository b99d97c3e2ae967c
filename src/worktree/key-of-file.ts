/** The key that the content of a file gets, wherever the file lies; nothing is stored. */
import { type Backend, needsPreparing, newHasher, prepareHasher } from '../backends/registry.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseKey } from '../model/key.js'
import * as files from '../platform/files.js'
import type { KeyMaker } from './new-key.js'

const BUFFER_BYTES = 1 << 20
const SECOND_NS = 1_000_000_000n

export interface FileForKey {
  readonly backend: Backend
  /** Absolute path of the content. */
  readonly file: Bytes
  /** Name or path that goes into the key: its extension or, for WORM, all of it. */
  readonly name: Bytes
  /** The digest for keys of the backend, when the content was hashed already. */
  readonly digestHex?: string | undefined
}

/**
 * The serialized key.
 * @throws AnnexError FILE_UNREADABLE, KEY_INVALID, and as `KeyMaker.keyTextFor`
 */
export async function keyOfFile(maker: KeyMaker, content: FileForKey): Promise<Bytes> {
  const { backend, file, name, digestHex } = content
  const stat = files.stat(file)
  if (!stat?.isFile()) throw new AnnexError('FILE_UNREADABLE', 'it is not there, or no file')
  if (needsPreparing(backend)) await prepareHasher(backend)
  const keyText = maker.keyTextFor(backend, {
    path: name,
    sizeBytes: Number(stat.size),
    digestHex: () => digestHex ?? hashFile(file, backend),
    mtimeSeconds: () => stat.mtimeNs / SECOND_NS,
    file: () => file,
  })
  if (parseKey(keyText)) return keyText
  throw new AnnexError('KEY_INVALID', `its extension is too long for a key: ${keyText}`, {
    hint: 'Lower annex.maxextensionlength',
  })
}

function hashFile(path: Bytes, backend: Backend): string {
  const hasher = newHasher(backend)
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  const fd = files.open(path, 'r')
  try {
    for (let count = files.readSome(fd, buffer); count > 0; count = files.readSome(fd, buffer))
      hasher.update(buffer.subarray(0, count))
    return hasher.digestHex()
  } finally {
    files.close(fd)
  }
}
