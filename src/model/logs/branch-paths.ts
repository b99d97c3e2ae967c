/**
 * The paths of the git-annex branch: which family of logs a file belongs to, which key its name
 * holds, and how git-annex's own journal escapes it.
 *
 * Pure. Implements spec: the git-annex branch, sections 4 and 6.1.
 */
import type { Bytes } from '../bytes.js'
import { escapeKeyFile, parseKeyFile, unescapeKeyFile } from '../key.js'

/** Which codec a file is written with; `lines` is any file that we do not know. */
export type LogFamily =
  | 'location'
  | 'item-presence'
  | 'uuid'
  | 'map'
  | 'chunk'
  | 'number'
  | 'metadata'
  | 'remote-metadata'
  | 'transitions'
  | 'lines'

const TOP_FAMILIES: Readonly<Record<string, LogFamily>> = {
  'uuid.log': 'uuid',
  'trust.log': 'uuid',
  'group.log': 'uuid',
  'preferred-content.log': 'uuid',
  'required-content.log': 'uuid',
  'schedule.log': 'uuid',
  'activity.log': 'uuid',
  'multicast.log': 'uuid',
  'difference.log': 'uuid',
  'remote.log': 'uuid',
  'group-preferred-content.log': 'map',
  'config.log': 'map',
  'export.log': 'map',
  'maxsize.log': 'map',
  'proxy.log': 'map',
  'cluster.log': 'map',
  'numcopies.log': 'number',
  'mincopies.log': 'number',
  'transitions.log': 'transitions',
}

/** Logs whose fields are uuids although their form is that of a map log. */
const UUID_KEYED_MAPS = new Set(['maxsize.log', 'proxy.log', 'cluster.log', 'export.log'])

/** The settings that nearly every command asks for some of: few and small. */
export const SETTINGS_LOGS: readonly Bytes[] = [
  'uuid.log',
  'trust.log',
  'numcopies.log',
  'mincopies.log',
  'config.log',
  'remote.log',
  'group.log',
  'preferred-content.log',
  'required-content.log',
  'group-preferred-content.log',
]

/** Logs that say something about each repository. */
export const REPOSITORY_LOGS: readonly Bytes[] = Object.keys(TOP_FAMILIES).filter(
  (path) => TOP_FAMILIES[path] === 'uuid' || isUuidKeyedMap(path),
)

/** Logs that say something about all of them together. */
export const GLOBAL_LOGS: readonly Bytes[] = Object.keys(TOP_FAMILIES).filter(
  (path) => path !== 'transitions.log' && !REPOSITORY_LOGS.includes(path),
)

const SUFFIX_FAMILIES: Readonly<Record<string, LogFamily>> = {
  '.log': 'location',
  '.log.web': 'item-presence',
  '.log.ek': 'item-presence',
  '.log.rmt': 'map',
  '.log.cid': 'map',
  '.log.cnk': 'chunk',
  '.log.met': 'metadata',
  '.log.rmet': 'remote-metadata',
}

/** Two hash directories (one with `annex.tune.branchhash1`), the escaped key, the suffix. */
const KEY_LOG =
  /^[0-9a-f]{3}\/(?:[0-9a-f]{3}\/)?([^/]+?)(\.log(?:\.(?:web|ek|rmt|cid|cnk|met|rmet))?)$/
const LOCATION_LOG = /^[^/]+\/[^/]+\/([^/]+)\.log$/
/** The start of every key; what has it not need not be parsed to be refused. */
const KEY_START = /^[^-]+(?:-[smSC]\d+)*--/

/** The ends of the names of a key's logs. */
export const KEY_LOG_SUFFIXES: readonly Bytes[] = Object.keys(SUFFIX_FAMILIES)

/** Finds the family of a file. */
export function logFamily(path: Bytes): LogFamily {
  const top = Object.hasOwn(TOP_FAMILIES, path) ? TOP_FAMILIES[path] : undefined
  if (top) return top
  const match = KEY_LOG.exec(path)
  if (match && KEY_START.test(match[1]!)) return SUFFIX_FAMILIES[match[2]!] ?? 'lines'
  return /^remote\/web\/.+\.log$/s.test(path) ? 'item-presence' : 'lines'
}

/** Whether a map log is keyed by uuid, so that forgetting dead repositories concerns it. */
export function isUuidKeyedMap(path: Bytes): boolean {
  return path.includes('/') || UUID_KEYED_MAPS.has(path)
}

/**
 * The key whose location log this is.
 * @returns the serialized key, or undefined when the path is no location log
 */
export function locationLogKey(path: Bytes): Bytes | undefined {
  if (!path.endsWith('.log')) return undefined
  const keyFile = LOCATION_LOG.exec(path)?.[1]
  if (keyFile === undefined || !KEY_START.test(keyFile) || !parseKeyFile(keyFile)) return undefined
  const key = unescapeKeyFile(keyFile)
  // A name that no writer would give a key is some other file.
  return escapeKeyFile(key) === keyFile ? key : undefined
}

/** The name of a branch file in git-annex's own journal. */
export function journalFileName(path: Bytes): Bytes {
  return path.replace(/[_/]/g, (c) => (c === '_' ? '__' : '_'))
}

/** Undoes {@link journalFileName}. */
export function journalFilePath(name: Bytes): Bytes {
  return name.replace(/__|_/g, (run) => (run === '__' ? '_' : '/'))
}
