/** `--semitrust` and `--untrust`: trust levels for one command (spec: numcopies, section 2). */
import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'

/** The repositories as they were named, as text. */
export interface TrustOptions {
  readonly semitrust: readonly string[]
  readonly untrust: readonly string[]
}

/** What repositories are known by. */
export interface KnownRepositories {
  readonly config: GitConfig
  readonly uuid: Uuid
  /** Called when a name is no remote's. */
  descriptions(): ReadonlyMap<Uuid, Bytes>
}

/**
 * The levels by uuid; whoever is named for both is untrusted.
 * @throws AnnexError REMOTE_UNKNOWN
 */
export function trustOverrides(
  { semitrust, untrust }: TrustOptions,
  known: KnownRepositories,
): ReadonlyMap<Uuid, TrustLevel> {
  const levels = new Map<Uuid, TrustLevel>()
  for (const name of semitrust) levels.set(find(name, known), 'semitrusted')
  for (const name of untrust) levels.set(find(name, known), 'untrusted')
  return levels
}

function find(text: string, { config, uuid, descriptions }: KnownRepositories): Uuid {
  if (text === 'here' || text === '.') return uuid
  const name = bytesFromText(text)
  const ofRemote = config.get(`remote.${name}.annex-uuid`)
  if (ofRemote !== undefined) return ofRemote
  const described = [...descriptions()].filter(([, description]) => description === name)
  if (described.length === 1) return described[0]![0]
  if (descriptions().has(name)) return name
  throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${text}"`)
}
