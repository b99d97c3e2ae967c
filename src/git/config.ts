/**
 * Git's configuration, read once with one `git config --list -z` and written with `git config`.
 *
 * Names are byte strings, as values are, and matched as git does: section and variable without regard to case, the part between
 * exactly. Values are byte strings; a name without `=` has the value undefined in git and `true` as a
 * boolean.
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { runSync } from '../platform/subprocess.js'
import type { Repository } from './repository.js'
import { git, gitEnv } from './run.js'

export class GitConfig {
  readonly #values = new Map<string, Bytes[]>()

  /**
   * @param listing what `git config --list -z` prints
   * @param overrides `name=value` texts of `-c`, the strongest
   */
  constructor(listing: Bytes, overrides: readonly string[] = []) {
    for (const entry of listing.split('\0')) {
      if (entry === '') continue
      const newline = entry.indexOf('\n')
      if (newline < 0) this.#add(entry, 'true')
      else this.#add(entry.slice(0, newline), entry.slice(newline + 1))
    }
    for (const override of overrides) {
      const equals = override.indexOf('=')
      if (equals < 0) this.#add(override, 'true')
      else this.#add(override.slice(0, equals), bytesFromText(override.slice(equals + 1)))
    }
  }

  #add(name: string, value: Bytes): void {
    const canonical = canonicalName(name)
    const values = this.#values.get(canonical)
    if (values) values.push(value)
    else this.#values.set(canonical, [value])
  }

  /** The last value of a setting; undefined when it is not set. */
  get(name: string): Bytes | undefined {
    return this.#values.get(canonicalName(name))?.at(-1)
  }

  /** All values of a setting, weakest first. */
  getAll(name: string): readonly Bytes[] {
    return this.#values.get(canonicalName(name)) ?? []
  }

  /**
   * A boolean as git reads it; undefined when it is not set.
   * @throws AnnexError CONFIG_INVALID when the value is no boolean
   */
  getBoolean(name: string): boolean | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const parsed = parseGitBoolean(value)
    if (parsed === undefined)
      throw new AnnexError(
        'CONFIG_INVALID',
        `Bad boolean config value "${bytesToText(value)}" for "${name}"`,
      )
    return parsed
  }

  /**
   * Every setting whose name starts so, as [name, last value]; names in canonical form.
   * @param prefix whole parts of a name, such as `remote.NAME.`
   */
  entriesUnder(prefix: string): [string, Bytes][] {
    const canonical = canonicalName(prefix)
    return [...this.#values]
      .filter(([name]) => name.startsWith(canonical))
      .map(([name, values]) => [name, values.at(-1)!])
  }

  /** Names of the configured git remotes (those with any setting), in order of appearance. */
  remoteNames(): Bytes[] {
    const names = new Set<Bytes>()
    for (const name of this.#values.keys()) {
      const match = /^remote\.(.+)\.[^.]+$/s.exec(name)
      if (match) names.add(match[1]!)
    }
    return [...names]
  }

  /** Takes over a value just written, so that this object stays true. */
  remember(name: string, value: Bytes | undefined): void {
    if (value === undefined) this.#values.delete(canonicalName(name))
    else this.#values.set(canonicalName(name), [value])
  }
}

/** `true`, `yes`, `on`, numbers other than 0 … as git-config(1) has them; undefined for other text. */
export function parseGitBoolean(value: Bytes): boolean | undefined {
  const text = value.toLowerCase()
  if (['true', 'yes', 'on'].includes(text)) return true
  if (['false', 'no', 'off', ''].includes(text)) return false
  if (/^[+-]?\d+[kmg]?$/.test(text)) return Number.parseInt(text, 10) !== 0
  return undefined
}

const canonicalNames = new Map<string, string>()

/** Remembered: some settings are asked for with every file. */
function canonicalName(name: string): string {
  let canonical = canonicalNames.get(name)
  if (canonical === undefined) {
    canonical = makeCanonical(name)
    canonicalNames.set(name, canonical)
  }
  return canonical
}

function makeCanonical(name: string): string {
  const first = name.indexOf('.')
  const last = name.lastIndexOf('.')
  if (first < 0) return name.toLowerCase()
  return (
    name.slice(0, first).toLowerCase() + name.slice(first, last) + name.slice(last).toLowerCase()
  )
}

/** Reads all settings in effect for a repository. */
export function readConfig(repository: Repository, overrides: readonly string[] = []): GitConfig {
  return new GitConfig(
    git(repository, ['config', '--list', '-z']).stdout.toString('latin1'),
    overrides,
  )
}

/** Reads the settings of a repository whose owner git may not trust (`safe.directory`): file only. */
export function readConfigFile(gitDir: Bytes): GitConfig {
  const argv = [
    'git',
    'config',
    '--file',
    `${bytesToText(gitDir)}/config`,
    '--includes',
    '--list',
    '-z',
  ]
  const { stdout } = runSync(argv as [string, ...string[]], { env: gitEnv() })
  return new GitConfig(stdout.toString('latin1'))
}

/** Sets a value in the repository's own configuration. */
export function setConfig(
  repository: Repository,
  config: GitConfig,
  name: Bytes,
  value: Bytes,
): void {
  git(repository, ['config', bytesToText(name), bytesToText(value)])
  config.remember(name, value)
}

/** Removes a setting from the repository's own configuration; nothing happens when it is not there. */
export function unsetConfig(repository: Repository, config: GitConfig, name: string): void {
  git(repository, ['config', '--unset-all', name], { okStatus: [0, 5] })
  config.remember(name, undefined)
}

/**
 * Where the value of a setting comes from, as git sees it.
 * @returns origin: such as `file:.git/config` or `command line:`; undefined when it is not set
 */
export function findConfigOrigin(
  repository: Repository,
  name: string,
): { readonly origin: Bytes; readonly value: Bytes } | undefined {
  const args = ['config', '-z', '--show-origin', '--get', name]
  const { status, stdout } = git(repository, args, { okStatus: [0, 1] })
  const [origin, value] = stdout.toString('latin1').split('\0')
  return status === 0 ? { origin: origin!.replace(/^file:/, ''), value: value! } : undefined
}
