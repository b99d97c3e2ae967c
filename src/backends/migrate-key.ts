/**
 * From one backend's key to another's without looking at the content.
 * Pure. Implements spec: keys and backends, section 8.
 */
import type { Bytes } from '../model/bytes.js'
import { type ExtensionLimits, isValidExtension, selectExtension } from '../model/extension.js'
import { extensionOf, type Key } from '../model/key.js'
import { keyDigest } from './hash-key.js'
import { type Backend, backendOfKey } from './registry.js'
import { upgradeWormKey } from './worm.js'

/** Characters that old versions let into WORM keys. */
const OLD_WORM = /[ \r]/

export interface Migration {
  readonly to: Backend
  /** Name or path of a file with the key; without one no extension can be chosen. */
  readonly fileName: Bytes | undefined
  readonly limits: ExtensionLimits
}

/**
 * The key that a content has with another backend, as far as the old key tells.
 * @returns undefined when the content must be hashed anew
 */
export function migrateFast(key: Key, { to, fileName, limits }: Migration): Key | undefined {
  const from = backendOfKey(key.backend)
  if (!from) return undefined
  if (isUrlKind(from) && isUrlKind(to) && from !== to) return { ...key, backend: to.name }
  if (from === to) return upgradeKey(key, from)
  if (from.kind !== 'hash' || to.kind !== 'hash' || plainName(from) !== plainName(to))
    return undefined
  if (!to.takesExtension) return { ...key, backend: to.name, name: keyDigest(key) }
  if (fileName === undefined) return undefined
  const name = keyDigest(key) + selectExtension(fileName, limits)
  return { ...key, backend: to.name, name }
}

/** Whether a key has a form that its backend gives to new keys no longer. */
export function isUpgradable(key: Key): boolean {
  const backend = backendOfKey(key.backend)
  if (backend?.kind === 'worm') return OLD_WORM.test(key.name)
  if (backend?.kind !== 'hash') return false
  const extension = extensionOf(key.name)
  if (keyDigest(key).startsWith('\\')) return true
  return extension !== '' && (!backend.takesExtension || !isValidExtension(extension))
}

/** A better key of the same backend; undefined when there is none or it takes the content. */
function upgradeKey(key: Key, backend: Backend): Key | undefined {
  if (backend.kind === 'worm') return upgradeWormKey(key)
  if (backend.kind !== 'hash' || backend.takesExtension) return undefined
  const name = keyDigest(key)
  return name === key.name ? undefined : { ...key, name }
}

const isUrlKind = ({ kind }: Backend): boolean => kind === 'url'

const plainName = ({ name, takesExtension }: Backend): Bytes =>
  takesExtension ? name.slice(0, -1) : name
