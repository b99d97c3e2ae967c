/**
 * What the transition ForgetDeadRemotes makes of each file of the branch.
 * Pure. Implements spec: the git-annex branch, section 9.
 */
import type { Bytes } from '../bytes.js'
import type { Uuid } from '../uuid.js'
import { filterLog } from './filter-log.js'
import { formatRemoteConfig, parseRemoteConfig } from './remote-config.js'
import { parseTrust } from './trust-log.js'
import { formatUuidLog, parseUuidLog, type UuidEntry } from './uuid-log.js'

/**
 * The repositories to forget.
 * @param trustLog content of trust.log
 * @param remoteLog content of remote.log: remotes that share a dead store are dead too
 */
export function findDead(trustLog: Bytes, remoteLog: Bytes): Set<Uuid> {
  const dead = new Set<Uuid>()
  for (const [uuid, { value }] of parseUuidLog(trustLog))
    if (parseTrust(value) === 'dead') dead.add(uuid)
  for (const [uuid, { value }] of parseUuidLog(remoteLog)) {
    const sameAs = parseRemoteConfig(value).get('sameas-uuid')
    if (sameAs !== undefined && dead.has(sameAs)) dead.add(uuid)
  }
  return dead
}

/**
 * Removes what a file says about dead repositories.
 * @param path its path in the branch, which decides the family
 * @returns the new content; empty means that the file goes
 */
export function dropDead(path: Bytes, text: Bytes, dead: ReadonlySet<Uuid>): Bytes {
  // Clones that are not merged yet may know more of the dead: who they are is not forgotten.
  if (path === 'trust.log') return text
  if (path === 'remote.log') return dropDeadRemotes(text, dead)
  return filterLog(path, text, (uuid) => dead.has(uuid))
}

/** An entry that shares a dead store keeps only that setting, as a mark. */
function dropDeadRemotes(text: Bytes, dead: ReadonlySet<Uuid>): Bytes {
  const kept = new Map<Uuid, UuidEntry>()
  for (const [uuid, { value, clock }] of parseUuidLog(text)) {
    const config = parseRemoteConfig(value)
    const sameAs = config.get('sameas-uuid')
    if (sameAs !== undefined && dead.has(sameAs))
      kept.set(uuid, { value: formatRemoteConfig(new Map([['sameas-uuid', sameAs]])), clock })
    else if (!dead.has(uuid)) kept.set(uuid, { value: formatRemoteConfig(config), clock })
  }
  return formatUuidLog(kept)
}
