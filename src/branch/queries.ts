/** What the branch says, as values: thin readers over the codecs of `model/logs/`. */
import type { Bytes } from '../model/bytes.js'
import { parseMapLog } from '../model/logs/map-log.js'
import { currentMetadata, type MetadataState, parseMetadataLog } from '../model/logs/metadata.js'
import { type PresenceState, parsePresenceLog, presentItems } from '../model/logs/presence.js'
import { parseRemoteConfig, type RemoteConfig } from '../model/logs/remote-config.js'
import { parseNumberLog } from '../model/logs/single-value.js'
import { parseGroups, parseTrust, type TrustLevel, trustGrammar } from '../model/logs/trust-log.js'
import { parseUuidLog } from '../model/logs/uuid-log.js'
import type { Uuid } from '../model/uuid.js'
import { locationLogPath } from './journal-record.js'

export abstract class BranchQueries {
  /** The content of a branch file, with everything pending; empty when there is none. */
  abstract read(path: Bytes): Bytes
  protected abstract readonly oneLevelHash: boolean

  /**
   * The path of a key's log.
   * @param key a serialized key
   * @param suffix `.log` for the location log, `.log.web`, `.log.met` …
   * @throws Error when the text is no key
   */
  logPath(key: Bytes, suffix = '.log'): Bytes {
    const path = locationLogPath(key, this.oneLevelHash, suffix)
    if (path === undefined) throw new Error(`Not a key: ${key}`)
    return path
  }

  /** The repositories that have a key, ordered by bytes; dead ones included. */
  locations(key: Bytes): Uuid[] {
    return presentItems(this.read(this.logPath(key)))
  }

  /** What a key's location log says of each repository. */
  locationLog(key: Bytes): PresenceState {
    return parsePresenceLog(this.read(this.logPath(key)))
  }

  /** The urls of a key as recorded, with their prefixes. */
  urls(key: Bytes): Bytes[] {
    return presentItems(this.read(this.logPath(key, '.log.web')))
  }

  metadata(key: Bytes): MetadataState {
    return currentMetadata(parseMetadataLog(this.read(this.logPath(key, '.log.met'))))
  }

  /** Every repository with an entry in uuid.log, and its description, perhaps empty. */
  descriptions(): Map<Uuid, Bytes> {
    return this.uuidLog('uuid.log')
  }

  /** The values of a log keyed by uuid, such as `preferred-content.log`. */
  uuidLog(path: Bytes): Map<Uuid, Bytes> {
    const values = new Map<Uuid, Bytes>()
    for (const [uuid, { value }] of parseUuidLog(this.read(path))) values.set(uuid, value)
    return values
  }

  /** What trust.log says; who is not in it is semitrusted. */
  trustLevels(): Map<Uuid, TrustLevel> {
    const levels = new Map<Uuid, TrustLevel>()
    for (const [uuid, { value }] of parseUuidLog(this.read('trust.log'), trustGrammar))
      levels.set(uuid, parseTrust(value)!)
    return levels
  }

  /** The groups that each repository is in. */
  groups(): Map<Uuid, Bytes[]> {
    return new Map([...this.uuidLog('group.log')].map(([uuid, v]) => [uuid, parseGroups(v)]))
  }

  /** The settings of the special remotes. */
  remoteConfigs(): Map<Uuid, RemoteConfig> {
    return new Map([...this.uuidLog('remote.log')].map(([uuid, v]) => [uuid, parseRemoteConfig(v)]))
  }

  /** The value of numcopies.log, at least 1; undefined when it is not set. */
  numcopies(): number | undefined {
    return parseNumberLog(this.read('numcopies.log'))?.value
  }

  mincopies(): number | undefined {
    return parseNumberLog(this.read('mincopies.log'))?.value
  }

  /** A setting of config.log; undefined when it is not set or set to nothing. */
  configLog(name: Bytes): Bytes | undefined {
    return this.configs().get(name)
  }

  /** All settings of config.log. */
  configs(): Map<Bytes, Bytes> {
    return this.mapLog('config.log')
  }

  /** The fields of a map log that are not empty, such as `group-preferred-content.log`. */
  mapLog(path: Bytes): Map<Bytes, Bytes> {
    const values = new Map<Bytes, Bytes>()
    for (const [field, { value }] of parseMapLog(this.read(path)))
      if (value !== '') values.set(field, value)
    return values
  }
}
