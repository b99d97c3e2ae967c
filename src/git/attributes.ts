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
import { type AttributeValue, parseAttributeLine } from './attribute-lines.js'
import { checkAttributes } from './check-attr.js'
import type { GitConfig } from './config.js'
import { absolute, type Repository } from './repository.js'
import { compileWildmatch } from './wildmatch.js'

/** One line of an attributes file. */
interface Rule {
  matches(path: Bytes, name: Bytes): boolean
  readonly values: ReadonlyMap<string, AttributeValue>
  readonly origin: AttributeOrigin
}

/** Where a line stands. */
export interface AttributeOrigin {
  /** Absolute. */
  readonly file: Bytes
  /** Counted from 1. */
  readonly line: number
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
    return findRule(rules, path, name)?.values.get(name)
  }

  /**
   * The line that decides over an attribute, also one that makes it unspecified.
   * @returns undefined when there is none, and when only git can tell
   */
  origin(path: Bytes, name: string): AttributeOrigin | undefined {
    const slash = path.lastIndexOf('/')
    const rules = this.#rulesFor(slash < 0 ? '' : path.slice(0, slash))
    return this.#needsGit ? undefined : findRule(rules, path, name)?.origin
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
    const file = `${repository.workTree}/${path}`
    const content = files.readFile(file)
    if (!content) {
      if (isStaged(path)) this.#needsGit = true
      return []
    }
    return this.#parse(content.toString('latin1'), { file, dir })
  }

  #readShared(): { strong: readonly Rule[]; weak: readonly Rule[] } {
    const read = (file: Bytes) =>
      this.#parse(files.readFile(file)?.toString('latin1') ?? '', { file, dir: '' })
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

  /** The rules of a file, strongest (last) first. @param place dir: where the patterns begin */
  #parse(text: Bytes, { file, dir }: { file: Bytes; dir: Bytes }): readonly Rule[] {
    const { names } = this.#scene
    if (!names.some((name) => text.includes(name))) return []
    // A macro that sets one of them may be used in any file.
    if (text.includes('[attr]')) this.#needsGit = true
    const rules: Rule[] = []
    for (const [i, line] of text.split('\n').entries()) {
      const parsed = parseAttributeLine(line, names)
      const matches =
        parsed && patternMatcher(parsed.pattern, { dir, ignoreCase: this.#ignoreCase })
      if (matches) rules.unshift({ matches, values: parsed.values, origin: { file, line: i + 1 } })
    }
    return rules
  }
}

function findRule(rules: readonly Rule[], path: Bytes, name: string): Rule | undefined {
  const baseName = path.slice(path.lastIndexOf('/') + 1)
  return rules.find((rule) => rule.values.has(name) && rule.matches(path, baseName))
}

/** @param scene dir: where the pattern begins; undefined for a pattern that matches nothing */
function patternMatcher(
  pattern: Bytes,
  { dir, ignoreCase }: { readonly dir: Bytes; readonly ignoreCase: boolean },
): Rule['matches'] | undefined {
  // Negative patterns are forbidden; one that ends in a slash is for directories.
  if (pattern.startsWith('!') || pattern.endsWith('/')) return undefined
  const isForNames = !pattern.includes('/')
  const expression = isForNames
    ? compileWildmatch(pattern, ignoreCase)
    : pathMatcher(pattern.replace(/^\//, ''), ignoreCase)
  const start = dir === '' ? 0 : dir.length + 1
  return (
    expression && ((path, baseName) => expression.test(isForNames ? baseName : path.slice(start)))
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
