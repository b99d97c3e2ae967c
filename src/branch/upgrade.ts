/**
 * Bringing a repository of version 8 or 9 to version 10. The versions differ in what is locked to keep
 * content: version 10 locks a file beside it. A program that began before version 9 does not know of
 * `sentinal`, which all hold that lock in the old way, so git-annex lets a year pass between the two.
 * Implements spec: repository layout, sections 1 and 6.
 */
import { type GitConfig, setConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import { AnnexError } from '../model/errors.js'
import { tryLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'

const YEAR_MS = 365 * 24 * 3600 * 1000

/** What an upgrade has done. */
export interface Upgraded {
  /** Such as `v8 to v9`. */
  readonly steps: readonly string[]
  /** The last step has to wait until nothing can run that knows no version 9. */
  readonly isDeferred: boolean
}

/**
 * Upgrades as far as is safe.
 * @param options.force does not wait
 * @throws AnnexError CONTENT_LOCKED when another process holds content in the way of version 9
 */
export function upgradeVersion(
  repository: Repository,
  config: GitConfig,
  { force }: { force: boolean },
): Upgraded {
  const steps: string[] = []
  if (config.get('annex.version') === '8') {
    setVersion(repository, config, '9')
    steps.push('v8 to v9')
  }
  if (config.get('annex.version') !== '9') return { steps, isDeferred: false }
  const sinceMs = timeOfUpgrade(repository, '9')
  if (!force && sinceMs !== undefined && Date.now() < sinceMs + YEAR_MS)
    return { steps, isDeferred: true }
  using lock = tryLock(`${repository.annexDir}/sentinal`, 'exclusive')
  if (!lock)
    throw new AnnexError('CONTENT_LOCKED', 'Cannot upgrade now: another process uses the contents')
  setVersion(repository, config, '10')
  return { steps: [...steps, 'v9 to v10'], isDeferred: false }
}

function setVersion(repository: Repository, config: GitConfig, version: string): void {
  setConfig(repository, config, 'annex.version', version)
  files.appendFile(`${repository.annexDir}/upgrade.log`, `${version} ${Date.now() / 1000}s\n`)
}

/** In ms since 1970; undefined when the repository has had the version from the beginning. */
function timeOfUpgrade({ annexDir }: Repository, version: string): number | undefined {
  const log = files.readFile(`${annexDir}/upgrade.log`)?.toString('latin1') ?? ''
  const times = [...log.matchAll(/^(\d+) (\d+(?:\.\d+)?)s$/gm)]
    .filter(([, line]) => line === version)
    .map(([, , seconds]) => Number(seconds) * 1000)
  return times.length === 0 ? undefined : Math.max(...times)
}
