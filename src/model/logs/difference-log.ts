/**
 * The values of difference.log: how a repository was tuned. Repositories tuned differently must not
 * be merged. Pure. Implements spec: the git-annex branch, section 6.9.
 */
import type { Bytes } from '../bytes.js'
import { parseUuidLog } from './uuid-log.js'

const NAMES = ['ObjectHashLower', 'OneLevelObjectHash', 'OneLevelBranchHash', 'Simulation'] as const
export type Difference = (typeof NAMES)[number]

/** The setting of git's configuration that turns a difference on. */
export const DIFFERENCE_SETTINGS: Readonly<Partial<Record<Difference, string>>> = {
  ObjectHashLower: 'annex.tune.objecthashlower',
  OneLevelObjectHash: 'annex.tune.objecthash1',
  OneLevelBranchHash: 'annex.tune.branchhash1',
}

/** Parses a value, such as `fromList [ObjectHashLower]`; undefined when it is not understood. */
export function parseDifferences(value: Bytes): Difference[] | undefined {
  const match = /^fromList \[(.*)\]$/s.exec(value)
  if (!match) return undefined
  const names = match[1] === '' ? [] : match[1]!.split(',')
  return names.every((name) => NAMES.includes(name as Difference))
    ? (names as Difference[])
    : undefined
}

/** Writes a value. */
export function formatDifferences(differences: ReadonlySet<Difference>): Bytes {
  return `fromList [${NAMES.filter((name) => differences.has(name)).join(',')}]`
}

/** All differences that a difference.log records; undefined when one is not understood. */
export function recordedDifferences(text: Bytes): Set<Difference> | undefined {
  const all = new Set<Difference>()
  for (const { value } of parseUuidLog(text).values()) {
    const differences = parseDifferences(value)
    if (!differences) return undefined
    for (const difference of differences) all.add(difference)
  }
  return all
}
