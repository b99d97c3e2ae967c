/** Trust levels and where they come from. Implements spec: numcopies and drop safety, section 2. */
import type { GitConfig } from '../git/config.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'

const LEVELS: readonly TrustLevel[] = ['trusted', 'semitrusted', 'untrusted', 'dead']

/** What decides over trust, strongest first. */
export interface TrustSources {
  /** `--semitrust` and `--untrust` of the command line. */
  readonly overrides?: ReadonlyMap<Uuid, TrustLevel>
  /** `remote.NAME.annex-trustlevel`, by uuid. */
  readonly configured?: ReadonlyMap<Uuid, TrustLevel>
  /** trust.log. */
  readonly recorded: ReadonlyMap<Uuid, TrustLevel>
}

/** The trust level of a repository. */
export function trustOf(uuid: Uuid, sources: TrustSources): TrustLevel {
  return (
    sources.overrides?.get(uuid) ??
    sources.configured?.get(uuid) ??
    sources.recorded.get(uuid) ??
    'semitrusted'
  )
}

/** Reads the trust levels that git's configuration gives to remotes. */
export function configuredTrust(config: GitConfig): Map<Uuid, TrustLevel> {
  const levels = new Map<Uuid, TrustLevel>()
  for (const remote of config.remoteNames()) {
    const level = config.get(`remote.${remote}.annex-trustlevel`) as TrustLevel | undefined
    const uuid = config.get(`remote.${remote}.annex-uuid`)
    if (uuid && level && LEVELS.includes(level)) levels.set(uuid, level)
  }
  return levels
}

/**
 * Whether a copy at the destination counts for less than the one at the source, so that moving it
 * there could lose it (spec: numcopies, section 6).
 */
export function isTrustWorsened(from: Uuid, to: Uuid, sources: TrustSources): boolean {
  const rank = (uuid: Uuid) => LEVELS.indexOf(trustOf(uuid, sources))
  return rank(to) >= LEVELS.indexOf('untrusted') && rank(to) > rank(from)
}
