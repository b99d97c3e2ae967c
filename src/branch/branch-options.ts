/** How git's configuration and the environment shape the git-annex branch. */

import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import type { Difference } from '../model/logs/difference-log.js'
import type { Uuid } from '../model/uuid.js'
import { parseClock } from '../model/vector-clock.js'
import type { BranchOptions } from './branch.js'

/** @param uuid our own */
export function branchOptions(
  config: GitConfig,
  env: Readonly<Record<string, string | undefined>>,
  uuid: Uuid,
): BranchOptions {
  const clock = parseClock(bytesFromText(env['GIT_ANNEX_VECTOR_CLOCK'] ?? ''))
  const message = config.get('annex.commitmessage')
  return {
    privateUuids: privateUuids(config, uuid),
    differences: differences(config),
    ...(clock !== undefined && { clock }),
    ...(message !== undefined && { commitMessage: bytesToText(message) }),
  }
}

/** Repositories whose state stays out of the branch (spec: the git-annex branch, section 7). */
function privateUuids(config: GitConfig, own: Uuid): ReadonlySet<Uuid> {
  const uuids = new Set<Uuid>()
  if (config.getBoolean('annex.private')) uuids.add(own)
  for (const name of config.remoteNames()) {
    if (!config.getBoolean(`remote.${name}.annex-private`)) continue
    const uuid =
      config.get(`remote.${name}.annex-config-uuid`) ?? config.get(`remote.${name}.annex-uuid`)
    if (uuid) uuids.add(uuid)
  }
  return uuids
}

const TUNINGS: readonly (readonly [Bytes, Difference])[] = [
  ['annex.tune.objecthashlower', 'ObjectHashLower'],
  ['annex.tune.objecthash1', 'OneLevelObjectHash'],
  ['annex.tune.branchhash1', 'OneLevelBranchHash'],
]

function differences(config: GitConfig): ReadonlySet<Difference> {
  return new Set(TUNINGS.filter(([name]) => config.getBoolean(name)).map(([, value]) => value))
}
