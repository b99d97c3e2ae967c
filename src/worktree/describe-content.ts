/**
 * One line about an annexed file, for people who read a diff: its size and its key, where git would
 * show a pointer or call the content binary.
 *
 * Git hands us whatever it has at hand: a pointer, the content in a temporary file of the same name,
 * or the work tree file itself (spec: git filter, trap 29, where content was seen, too).
 */
import { findBackend } from '../backends/registry.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { formatKey, parseKey } from '../model/key.js'
import { MAX_POINTER_BYTES, parsePointer } from '../model/pointer.js'
import { formatSize } from '../model/units.js'
import * as files from '../platform/files.js'
import { keyOfFile } from './key-of-file.js'
import type { KeyMaker } from './new-key.js'

/** Longer texts are described; git itself calls them big above 512 MiB, nobody reads them. */
const MAX_TEXT_BYTES = 1 << 20
/** Where git looks for a NUL when it tells text from other content. */
const HEAD_BYTES = 8000
const DEFAULT_BACKEND = 'SHA256E'

/**
 * Describes a pointer or content; a text that is not annexed, or is and is here, comes back itself.
 * @param file absolute path
 * @throws AnnexError FILE_UNREADABLE
 */
export async function describeContent(file: Bytes, keyMaker: KeyMaker): Promise<Bytes> {
  const head = files.readHead(file, MAX_POINTER_BYTES + 1) ?? Buffer.alloc(0)
  const key = parsePointer(head)
  if (key) return describe(formatKey(key), key.sizeBytes)
  const sizeBytes = files.stat(file)?.size ?? 0n
  if (sizeBytes <= MAX_TEXT_BYTES && !head.subarray(0, HEAD_BYTES).includes(0))
    return files.readFile(file)?.toString('latin1') ?? ''
  const name = file.slice(file.lastIndexOf('/') + 1)
  const chosen = keyMaker.chosenBackend(name)
  const backend = chosen.kind === 'hash' ? chosen : findBackend(DEFAULT_BACKEND)!
  const keyText = await keyOfFile(keyMaker, { backend, file, name })
  return describe(keyText, parseKey(keyText)?.sizeBytes)
}

function describe(keyText: Bytes, sizeBytes: bigint | undefined): Bytes {
  const size = sizeBytes === undefined ? 'unknown size' : formatSize(sizeBytes, 'short')
  return `annexed content, ${bytesFromText(size)}, ${keyText}\n`
}
