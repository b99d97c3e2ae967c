/**
 * Keys of hash backends: made from a digest, and compared with one.
 *
 * Implements spec: keys and backends, sections 3 and 4.
 */
import type { Bytes } from '../model/bytes.js'
import { type ExtensionLimits, selectExtension } from '../model/extension.js'
import type { Key } from '../model/key.js'
import type { Backend } from './registry.js'

/** What the key of a content is made of. */
export interface HashedContent {
  readonly sizeBytes: number | bigint
  /** Of all bytes, by the backend's hasher. */
  readonly digestHex: string
  /** Name or path of the file; only `E` backends look at it. */
  readonly fileName: Bytes
  readonly limits: ExtensionLimits
}

/** The serialized key of a hashed content. */
export function hashKeyText(backend: Backend, content: HashedContent): Bytes {
  const { sizeBytes, digestHex, fileName, limits } = content
  const extension = backend.takesExtension ? selectExtension(fileName, limits) : ''
  return `${backend.name}-s${sizeBytes}--${digestHex}${extension}`
}

/**
 * The digest that a hash key promises.
 * @returns lower-case hex for a key that a hash backend made; any text for one that came from outside
 */
export function keyDigest(key: Key): Bytes {
  const dot = key.name.indexOf('.')
  const hash = dot < 0 ? key.name : key.name.slice(0, dot)
  // A bundle's name is the uuid of its remote, a dash and the digest.
  return key.backend === 'GITBUNDLE' ? hash.slice(hash.lastIndexOf('-') + 1) : hash
}

/**
 * Whether a digest is the one that a key promises. The size is not looked at.
 * @param digestHex of the whole content, by the hasher of the key's backend
 */
export function verifyDigest(key: Key, digestHex: string): boolean {
  const expected = keyDigest(key)
  // An old git-annex stored the mark that sha256sum puts before escaped file names.
  return expected === digestHex || expected === `\\${digestHex}`
}
