/**
 * What git's configuration says about each remote, before anybody is contacted.
 * Implements spec: transfer, sections 1.1 to 1.3.
 */
import type { GitConfig } from '../git/config.js'
import { absolute } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import { runSync } from '../platform/subprocess.js'

/** How the content of a remote is reached. */
export type RemoteKind =
  | { readonly type: 'path'; readonly path: Bytes }
  | { readonly type: 'ssh' | 'http' | 'special' | 'other'; readonly url: Bytes }

export interface RemoteConfig {
  /** As git has it, as text. */
  readonly name: string
  readonly kind: RemoteKind
  /** The uuid found on an earlier contact. */
  readonly cachedUuid: Uuid | undefined
  readonly cost: number
  readonly isIgnored: boolean
  readonly isReadOnly: boolean
  /** Takes part in `sync`. */
  readonly syncs: boolean
  readonly pulls: boolean
  readonly pushes: boolean
  readonly verifies: boolean
}

const DEFAULT_COST = { path: 100, ssh: 200, http: 200, special: 200, other: 200 } as const

/** Settings that make a remote without a git url a special remote. */
const SPECIAL_SETTING =
  /^annex-(directory|rsyncurl|externaltype|bup(repo)?|s3|webdav|glacier|hooktype|ddarrepo|adb|androiddirectory|borgrepo|tahoe|gcrypt|git-lfs|httpalso|rclone|bittorrent)$/

/**
 * Reads all remotes.
 * @param base absolute directory that relative paths are relative to: the top of the work tree
 */
export function readRemoteConfigs(config: GitConfig, base: Bytes): RemoteConfig[] {
  return config
    .remoteNames()
    .map((name) => readRemoteConfig(config, name, base))
    .filter((remote) => remote !== undefined)
}

function readRemoteConfig(config: GitConfig, name: Bytes, base: Bytes): RemoteConfig | undefined {
  const get = (setting: string) => config.get(`remote.${name}.${setting}`)
  const flag = (setting: string) =>
    config.getBoolean(`remote.${name}.${setting}`) ?? config.getBoolean(setting.replace('-', '.'))
  const kind = findKind(config, name, base)
  if (!kind) return undefined
  return {
    name: bytesToText(name),
    kind,
    cachedUuid: get('annex-uuid'),
    cost: findCost(get('annex-cost-command'), get('annex-cost')) ?? DEFAULT_COST[kind.type],
    isIgnored: isIgnored(config, name),
    isReadOnly: flag('annex-readonly') ?? false,
    syncs: flag('annex-sync') ?? true,
    pulls: flag('annex-pull') ?? true,
    pushes: flag('annex-push') ?? true,
    verifies: flag('annex-verify') ?? true,
  }
}

function findKind(config: GitConfig, name: Bytes, base: Bytes): RemoteKind | undefined {
  const special = config
    .entriesUnder(`remote.${name}.`)
    .find(([setting]) => SPECIAL_SETTING.test(setting.slice(setting.lastIndexOf('.') + 1)))
  if (special) return { type: 'special', url: special[1] }
  const url = config.get(`remote.${name}.annexurl`) ?? config.get(`remote.${name}.url`)
  return url === undefined ? undefined : parseUrl(rewriteUrl(config, url), base)
}

/** Applies `url.BASE.insteadOf` as git does: the longest beginning that fits is replaced. */
function rewriteUrl(config: GitConfig, url: Bytes): Bytes {
  let [best, replacement]: [Bytes, Bytes] = ['', '']
  for (const [setting] of config.entriesUnder('url.')) {
    const start = /^url\.(.*)\.insteadof$/s.exec(setting)?.[1]
    if (start === undefined) continue
    for (const beginning of config.getAll(setting))
      if (url.startsWith(beginning) && beginning.length > best.length)
        [best, replacement] = [beginning, start]
  }
  return best === '' ? url : `${replacement}${url.slice(best.length)}`
}

/** Tells a path from the other ways to name a repository, as git does. */
function parseUrl(url: Bytes, base: Bytes): RemoteKind {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'file') return { type: 'path', path: absolute(base, decodePercent(url.slice(7))) }
  if (scheme === 'http' || scheme === 'https') return { type: 'http', url }
  if (scheme && ['ssh', 'git+ssh', 'ssh+git'].includes(scheme)) return { type: 'ssh', url }
  if (scheme || url.includes('::')) return { type: 'other', url }
  // host:path, unless a slash comes first (./a:b is a path).
  const colon = url.indexOf(':')
  if (colon > 0 && !url.slice(0, colon).includes('/')) return { type: 'ssh', url }
  return { type: 'path', path: absolute(base, expandHome(url)) }
}

function decodePercent(path: Bytes): Bytes {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function expandHome(path: Bytes): Bytes {
  const home = process.env['HOME']
  return path.startsWith('~/') && home ? `${bytesFromText(home)}${path.slice(1)}` : path
}

function findCost(command: Bytes | undefined, value: Bytes | undefined): number | undefined {
  const text = command ? runShell(command).output : value
  const cost = Number.parseFloat(text ?? '')
  return Number.isNaN(cost) ? undefined : cost
}

function isIgnored(config: GitConfig, name: Bytes): boolean {
  const command = config.get(`remote.${name}.annex-ignore-command`)
  if (command) return runShell(command).status !== 0
  return config.getBoolean(`remote.${name}.annex-ignore`) ?? false
}

function runShell(command: Bytes): { status: number; output: Bytes } {
  const text = Buffer.from(command, 'latin1').toString('utf8')
  const { status, stdout } = runSync(['sh', '-c', text], { stderr: 'inherit' })
  return { status, output: stdout.toString('latin1') }
}
