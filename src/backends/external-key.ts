/**
 * Keys of external backends. The programs know nothing of the `E` variants: extensions are put on and
 * taken off here. Implements spec: keys and backends, section 9.
 */
import type { Bytes } from '../model/bytes.js'
import { type ExtensionLimits, selectExtension } from '../model/extension.js'
import { formatKey, type Key } from '../model/key.js'
import { externalProgram } from './external.js'
import { keyDigest } from './hash-key.js'
import type { Backend } from './registry.js'

/** A content that a program is to make a key of. */
export interface ExternalContent {
  /** Absolute path of the content; the program reads it. */
  readonly file: Bytes
  /** Name or path that the extension comes from. */
  readonly fileName: Bytes
  readonly limits: ExtensionLimits
  readonly onProgress?: ((doneBytes: number) => void) | undefined
}

/**
 * The serialized key of a file.
 * @throws AnnexError BACKEND_CANNOT_GENERATE, BACKEND_FAILED
 */
export function externalKeyText(backend: Backend, content: ExternalContent): Bytes {
  const { file, fileName, limits, onProgress } = content
  const key = externalProgram(backend.name).generate(file, onProgress)
  if (!backend.takesExtension) return formatKey(key)
  const name = key.name + selectExtension(fileName, limits)
  return formatKey({ ...key, backend: backend.name, name })
}

/**
 * Whether a file is the content of a key, as the program sees it.
 * @param file absolute path
 * @throws AnnexError BACKEND_FAILED
 */
export function verifyExternal(
  key: Key,
  file: Bytes,
  onProgress?: (doneBytes: number) => void,
): boolean {
  const program = externalProgram(key.backend)
  const plain =
    key.backend === program.name ? key : { ...key, backend: program.name, name: keyDigest(key) }
  return program.verify(formatKey(plain), file, onProgress)
}
