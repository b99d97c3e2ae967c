/**
 * Git attributes evaluated in this process, for the filter, which is asked for one path after the
 * other and must not start a git for each.
 *
 * Only the attributes asked for are kept, so most lines are forgotten at once. What is not
 * understood here (macros, attributes files that are only in the index or in a tree) is left to
 * `git check-attr`. Implements gitattributes(5).
 */
import { type Bytes, bytesFromText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { checkAttributes } from './check-attr.js'
import type { GitConfig } from './config.js'
import { absolute, type Repository } from './repository.js'
import { compileWildmatch } from './wildmatch.js'

/** Text, `set`, `unset`, or undefined for "unspecified". */
type Value = Bytes | undefined

interface Rule {
  matches(path: Bytes, name: Bytes): boolean
  readonly values: ReadonlyMap<string, Value>
}

export interface AttributeScene {
  readonly repository: Repository
  readonly config: GitConfig
  readonly env: Readonly<Record<string, string | undefined>>
  /** The attributes that will be asked for. */
  readonly names: readonly string[]
  /** Whether the index has a path. */
  isStaged(path: Bytes): boolean
}

/** Longer lines are ignored by git. */
const MAX_LINE_BYTES = 2048

export class AttributeReader {
  readonly #scene: AttributeScene
  readonly #ignoreCase: boolean
  /** From a directory (the top is empty) to the rules for its files, strongest first. */
  readonly #byDirectory = new Map<Bytes, readonly Rule[]>()
  /** The same, without those that stand outside of the work tree. */
  readonly #locals = new Map<Bytes, readonly Rule[]>()
  #everywhere: { readonly strong: readonly Rule[]; readonly weak: readonly Rule[] } | undefined
  /** Something is in use that only git understands. */
  #needsGit: boolean

  constructor(scene: AttributeScene) {
    this.#scene = scene
    this.#ignoreCase = scene.config.getBoolean('core.ignorecase') ?? false
    this.#needsGit =
      scene.env.GIT_ATTR_SOURCE !== undefined || scene.config.get('attr.tree') !== undefined
  }

  /**
   * The value of an attribute.
   * @param path relative to the top of the work tree; need not exist
   * @param name one of those announced
   * @returns text, `set` or `unset`; undefined when it is not specified
   */
  get(path: Bytes, name: string): Bytes | undefined {
    const slash = path.lastIndexOf('/')
    const rules = this.#rulesFor(slash < 0 ? '' : path.slice(0, slash))
    if (this.#needsGit) return this.#askGit(path, name)
    const baseName = path.slice(slash + 1)
    for (const rule of rules)
      if (rule.values.has(name) && rule.matches(path, baseName)) return rule.values.get(name)
    return undefined
  }

  #askGit(path: Bytes, name: string): Bytes | undefined {
    return checkAttributes(this.#scene.repository, [path], [name]).get(path)?.[name]
  }

  /** Of the rules around a directory the nearest ones win; `info/attributes` wins over all. */
  #rulesFor(dir: Bytes): readonly Rule[] {
    let rules = this.#byDirectory.get(dir)
    if (!rules) {
      this.#everywhere ??= this.#readShared()
      const { strong, weak } = this.#everywhere
      rules = [...strong, ...this.#localRules(dir), ...weak]
      this.#byDirectory.set(dir, rules)
    }
    return rules
  }

  #localRules(dir: Bytes): readonly Rule[] {
    let rules = this.#locals.get(dir)
    if (!rules) {
      const own = this.#readLocal(dir)
      const slash = dir.lastIndexOf('/')
      rules = dir === '' ? own : [...own, ...this.#localRules(slash < 0 ? '' : dir.slice(0, slash))]
      this.#locals.set(dir, rules)
    }
    return rules
  }

  #readLocal(dir: Bytes): readonly Rule[] {
    const { repository, isStaged } = this.#scene
    if (repository.workTree === undefined) return []
    const path = dir === '' ? '.gitattributes' : `${dir}/.gitattributes`
    const content = files.readFile(`${repository.workTree}/${path}`)
    if (!content) {
      if (isStaged(path)) this.#needsGit = true
      return []
    }
    return this.#parse(content.toString('latin1'), dir)
  }

  #readShared(): { strong: readonly Rule[]; weak: readonly Rule[] } {
    const read = (path: Bytes) => this.#parse(files.readFile(path)?.toString('latin1') ?? '', '')
    const { repository, env } = this.#scene
    const user = read(this.#userFile())
    const system = env.GIT_ATTR_NOSYSTEM ? [] : read('/etc/gitattributes')
    return { strong: read(`${repository.commonDir}/info/attributes`), weak: [...user, ...system] }
  }

  #userFile(): Bytes {
    const { repository, config, env } = this.#scene
    const home = bytesFromText(env.HOME ?? '')
    const settings = env.XDG_CONFIG_HOME ? bytesFromText(env.XDG_CONFIG_HOME) : `${home}/.config`
    const configured = config.get('core.attributesfile')?.replace(/^~(?=\/)/, () => home)
    const base = repository.workTree ?? repository.gitDir
    return absolute(base, configured ?? `${settings}/git/attributes`)
  }

  /** The rules of a file, strongest (last) first. @param dir where the patterns begin */
  #parse(text: Bytes, dir: Bytes): readonly Rule[] {
    const { names } = this.#scene
    if (!names.some((name) => text.includes(name))) return []
    // A macro that sets one of them may be used in any file.
    if (text.includes('[attr]')) this.#needsGit = true
    const rules: Rule[] = []
    for (const line of text.split('\n')) {
      const rule = parseLine(line, { dir, names, ignoreCase: this.#ignoreCase })
      if (rule) rules.unshift(rule)
    }
    return rules
  }
}

interface LineScene {
  readonly dir: Bytes
  readonly names: readonly string[]
  readonly ignoreCase: boolean
}

const LINE = /^[ \t\r]*(?!#)("(?:[^"\\]|\\.)*"|[^ \t\r]+)(.*)$/s

/** Undefined for a line that says nothing about the attributes, or nothing at all. */
function parseLine(line: Bytes, { dir, names, ignoreCase }: LineScene): Rule | undefined {
  const match = line.length < MAX_LINE_BYTES ? LINE.exec(line) : undefined
  if (!match) return undefined
  const values = parseValues(match[2]!, names)
  if (!values) return undefined
  const pattern = match[1]!.startsWith('"') ? unquote(match[1]!) : match[1]!
  // Negative patterns are forbidden; one that ends in a slash is for directories.
  if (pattern.startsWith('!') || pattern.endsWith('/')) return undefined
  const matches = pattern.includes('/')
    ? pathMatcher(pattern.replace(/^\//, ''), ignoreCase)
    : compileWildmatch(pattern, ignoreCase)
  const start = dir === '' ? 0 : dir.length + 1
  const isForNames = !pattern.includes('/')
  return (
    matches && {
      values,
      matches: (path, baseName) => matches.test(isForNames ? baseName : path.slice(start)),
    }
  )
}

/**
 * Git compares what comes before the first wildcard on its own, so that a pattern begins there: in
 * `a**` + `/b` the stars stand for directories although no slash is before them.
 */
function pathMatcher(pattern: Bytes, ignoreCase: boolean): RegExp | undefined {
  const prefix = /^[^*?[\\]*/.exec(pattern)![0]
  const literal = compileWildmatch(prefix, ignoreCase)!.source.slice(1, -1)
  const rest = compileWildmatch(pattern.slice(prefix.length), ignoreCase)
  return rest && new RegExp(`^${literal}${rest.source.slice(1)}`, rest.flags)
}

/**
 * The attributes of a line that we keep; of one named twice the last counts.
 * @returns undefined when there are none, and for a line that git rejects for a bad name
 */
function parseValues(text: Bytes, names: readonly string[]): Map<string, Value> | undefined {
  const values = new Map<string, Value>()
  for (const token of text.match(/[^ \t\r]+/g) ?? []) {
    const match = /^([-!]?)([A-Za-z0-9_.][-A-Za-z0-9_.]*)(?:=(.*))?$/s.exec(token)
    if (!match) return undefined
    const [, prefix, name, value] = match
    if (!names.includes(name!)) continue
    if (prefix === '!') values.set(name!, undefined)
    else values.set(name!, prefix === '-' ? 'unset' : (value ?? 'set'))
  }
  return values.size > 0 ? values : undefined
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Undoes git's C-style quoting. @param quoted with its quotation marks */
function unquote(quoted: Bytes): Bytes {
  return quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|[\s\S])/g, (_, code: string) =>
      code.length === 3
        ? String.fromCharCode(Number.parseInt(code, 8) & 255)
        : (ESCAPES[code] ?? code),
    )
}
