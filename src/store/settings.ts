/**
 * What the repository's configuration means for the object store.
 * Implements spec: repository layout, sections 4, 5 and 7.
 */
import { type GitConfig, parseGitBoolean } from '../git/config.js'
import type { HashDirs } from '../model/key-path.js'

/** Who besides the owner may use the repository (core.sharedRepository). */
export type Sharing = 'umask' | 'group' | 'all'

/** git-annex's default for annex.pidlocktimeout. */
const PID_LOCK_SECONDS = 300

export interface StoreSettings {
  /** Layouts to look in, the preferred one (where new objects go) first. */
  readonly layouts: readonly HashDirs[]
  /** `annex.tune.objecthash1`: only the first hash directory is used. */
  readonly oneLevel: boolean
  /** The file system knows no permissions or links; modes are left alone. */
  readonly crippled: boolean
  readonly sharing: Sharing
  /** Repository versions below 10 lock the object itself instead of a file beside it. */
  readonly locksObject: boolean
  /** `annex.securehashesonly`: no content of a key that could be forged is taken in. */
  readonly secureOnly: boolean
  /** `annex.pidlock`: how long to wait for the one lock that stands for all; undefined: real locks. */
  readonly pidLockSeconds?: number
}

/** Derives the settings from git's configuration. */
export function storeSettings(config: GitConfig, isBare: boolean): StoreSettings {
  const crippled = config.getBoolean('annex.crippledfilesystem') ?? false
  const noSymlinks = config.getBoolean('core.symlinks') === false
  return {
    layouts: layouts(config, isBare || crippled || noSymlinks),
    oneLevel: config.getBoolean('annex.tune.objecthash1') ?? false,
    crippled,
    sharing: parseSharing(config.get('core.sharedrepository')),
    locksObject: ['8', '9'].includes(config.get('annex.version') ?? ''),
    secureOnly: config.getBoolean('annex.securehashesonly') ?? false,
    ...(config.getBoolean('annex.pidlock') && { pidLockSeconds: pidLockSeconds(config) }),
  }
}

function pidLockSeconds(config: GitConfig): number {
  const seconds = Number.parseInt(config.get('annex.pidlocktimeout') ?? '', 10)
  return Number.isNaN(seconds) ? PID_LOCK_SECONDS : seconds
}

function layouts(config: GitConfig, preferLower: boolean): readonly HashDirs[] {
  if (config.getBoolean('annex.tune.objecthashlower')) return ['lower']
  return preferLower ? ['lower', 'mixed'] : ['mixed', 'lower']
}

function parseSharing(value: string | undefined): Sharing {
  if (value === undefined) return 'umask'
  if (value === 'group' || value === '1') return 'group'
  if (['all', 'world', 'everybody', '2'].includes(value)) return 'all'
  return parseGitBoolean(value) === true && !/^0\d+/.test(value) ? 'group' : 'umask'
}
