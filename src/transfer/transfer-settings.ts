/**
 * How transfers with a remote are to go: retries, stalls, bandwidth. A setting of the remote goes before
 * that for all. Implements spec: transfer, sections 1.3, 7 and 8.
 */
import type { GitConfig } from '../git/config.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { parseDuration, parseSize } from '../model/units.js'
import type { Remote } from '../remotes/remote.js'
import type { Direction } from './transfer-records.js'

/** A transfer that moves less than this is stalled. */
export interface StallRule {
  readonly bytes: number
  readonly seconds: number
}

export interface TransferSettings {
  /** How often to try again when an attempt has moved nothing. */
  readonly retries: number
  /** How often to try again when it went further than the one before. */
  readonly forwardRetries: number
  /** Before the first retry; doubled for each further one. */
  readonly retryDelaySeconds: number
  /** Undefined: a word is said of a transfer that stalls; false: not even that. */
  readonly stall: StallRule | false | undefined
  /** Undefined: as fast as it goes. */
  readonly bytesPerSecond: number | undefined
}

const FORWARD_RETRIES = 5
const RETRY_DELAY_SECONDS = 1
/** What `annex.stalldetection=true` means: nothing at all moves for a minute. */
export const STALL: StallRule = { bytes: 1, seconds: 60 }

const cache = new WeakMap<Remote, Map<Direction, TransferSettings>>()

/**
 * The settings for transfers with a remote.
 * @throws AnnexError CONFIG_INVALID
 */
export function transferSettings(
  config: GitConfig,
  remote: Remote,
  direction: Direction,
): TransferSettings {
  const known = cache.get(remote) ?? new Map<Direction, TransferSettings>()
  cache.set(remote, known)
  const settings = known.get(direction) ?? read(new RemoteSettings(config, remote.name), direction)
  known.set(direction, settings)
  return settings
}

function read(settings: RemoteSettings, direction: Direction): TransferSettings {
  const find = <T>(names: readonly string[], parse: (text: string) => T | undefined) =>
    settings.find(names, parse)
  return {
    retries: find(['retry'], parseCount) ?? 0,
    forwardRetries: find(['forward-retry'], parseCount) ?? FORWARD_RETRIES,
    // git-annex documents the first and reads the second.
    retryDelaySeconds: find(['retry-delay', 'retrydelay'], parseCount) ?? RETRY_DELAY_SECONDS,
    stall: find([`stalldetection-${direction}`, 'stalldetection'], parseStall),
    bytesPerSecond: find([`bwlimit-${direction}`, 'bwlimit'], parseRate) || undefined,
  }
}

class RemoteSettings {
  readonly #config: GitConfig
  readonly #name: Bytes

  constructor(config: GitConfig, name: string) {
    this.#config = config
    this.#name = bytesFromText(name)
  }

  /**
   * The first of these settings that there is: the remote's own, then those for all remotes.
   * @throws AnnexError CONFIG_INVALID when it cannot be parsed
   */
  find<T>(names: readonly string[], parse: (text: string) => T | undefined): T | undefined {
    for (const prefix of [`remote.${this.#name}.annex-`, 'annex.'])
      for (const name of names) {
        const value = this.#config.get(`${prefix}${name}`)
        if (value === undefined) continue
        const text = bytesToText(value)
        const parsed = parse(text)
        if (parsed !== undefined) return parsed
        throw new AnnexError(
          'CONFIG_INVALID',
          `Bad value "${text}" for "${bytesToText(prefix)}${name}"`,
        )
      }
    return undefined
  }
}

function parseCount(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** `SIZE/DURATION`, `true` or `false`. */
function parseStall(text: string): StallRule | false | undefined {
  if (/^(true|yes|on|1)$/i.test(text)) return STALL
  if (/^(false|no|off|0)$/i.test(text)) return false
  const slash = text.indexOf('/')
  const size = slash < 0 ? undefined : parseSize(text.slice(0, slash))
  const seconds = slash < 0 ? undefined : parseDuration(text.slice(slash + 1))
  return size === undefined || !seconds ? undefined : { bytes: Number(size), seconds }
}

/** `SIZE`, or `SIZE/DURATION`; 0 and `false` for no limit. */
function parseRate(text: string): number | false | undefined {
  if (/^(false|no|off|0)$/i.test(text)) return false
  const slash = text.indexOf('/')
  const size = parseSize(slash < 0 ? text : text.slice(0, slash))
  const seconds = slash < 0 ? 1 : parseDuration(text.slice(slash + 1))
  return size === undefined || !seconds ? undefined : Number(size) / seconds
}
