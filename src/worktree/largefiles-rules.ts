/**
 * Finds the settings that decide whether a file is large: git's configuration, gitattributes, then
 * the git-annex branch, each read only when the one before says nothing.
 * Implements spec: repository layout, section 11.
 */
import { type GitConfig, parseGitBoolean } from '../git/config.js'
import type { Bytes } from '../model/bytes.js'
import {
  type LargefilesRule,
  type LargefilesSettings,
  parseLargefiles,
  parseThreshold,
} from '../policy/largefiles.js'

const LARGEFILES = 'annex.largefiles'
const DOTFILES = 'annex.dotfiles'

export interface LargefilesSources {
  readonly config: GitConfig
  /** The value of a gitattribute for a path; undefined when it is not specified. */
  attribute(path: Bytes, name: string): Bytes | undefined
  /** A setting in config.log. */
  globalSetting(name: string): Bytes | undefined
}

/** An expression before it is parsed. */
export interface LargefilesSource {
  readonly place: 'config' | 'attributes' | 'branch'
  readonly text: Bytes
}

/** The places, for messages. */
const PLACES: Readonly<Record<LargefilesSource['place'], string>> = {
  config: 'the git configuration',
  attributes: 'the gitattributes',
  branch: '"git annex config"',
}

export class LargefilesRules {
  readonly #sources: LargefilesSources
  /** Rules by where they were found and what they say: files share few of them. */
  readonly #parsed = new Map<string, LargefilesRule>()
  #configured: { readonly text: Bytes | undefined } | undefined
  #threshold: bigint | undefined
  #gitAddToAnnex: boolean | undefined
  #dotfiles: boolean | undefined

  constructor(sources: LargefilesSources) {
    this.#sources = sources
  }

  /**
   * The settings for a path, looked up as they are asked for.
   * @param path relative to the top of the work tree
   */
  settingsFor(path: Bytes): LargefilesSettings {
    return new SettingsForPath(this, path)
  }

  get thresholdBytes(): bigint {
    this.#threshold ??= parseThreshold(this.#sources.config.get('annex.gitadd-threshold'))
    return this.#threshold
  }

  get gitAddToAnnex(): boolean {
    this.#gitAddToAnnex ??= this.#sources.config.getBoolean('annex.gitaddtoannex') ?? true
    return this.#gitAddToAnnex
  }

  get dotfiles(): boolean {
    this.#dotfiles ??=
      this.#sources.config.getBoolean(DOTFILES) ??
      parseGitBoolean(this.#sources.globalSetting(DOTFILES) ?? '') ??
      false
    return this.#dotfiles
  }

  /** The expression in effect for a path. @throws AnnexError EXPRESSION_INVALID */
  ruleFor(path: Bytes): LargefilesRule | undefined {
    const source = this.sourceFor(path)
    return source && this.#parse(source.text, PLACES[source.place])
  }

  /** Where the expression for a path stands, as it is written there. */
  sourceFor(path: Bytes): LargefilesSource | undefined {
    this.#configured ??= { text: this.#sources.config.get(LARGEFILES) }
    const { text } = this.#configured
    if (text !== undefined) return { place: 'config', text }
    const attribute = this.#sources.attribute(path, LARGEFILES)
    if (attribute) return { place: 'attributes', text: attribute }
    const global = this.#sources.globalSetting(LARGEFILES)
    return global === undefined ? undefined : { place: 'branch', text: global }
  }

  #parse(text: Bytes, place: string): LargefilesRule {
    const id = `${place}\0${text}`
    let rule = this.#parsed.get(id)
    if (!rule) {
      rule = parseLargefiles(text, place)
      this.#parsed.set(id, rule)
    }
    return rule
  }
}

class SettingsForPath implements LargefilesSettings {
  readonly #rules: LargefilesRules
  readonly #path: Bytes

  constructor(rules: LargefilesRules, path: Bytes) {
    this.#rules = rules
    this.#path = path
  }

  get rule(): LargefilesRule | undefined {
    return this.#rules.ruleFor(this.#path)
  }

  get thresholdBytes(): bigint {
    return this.#rules.thresholdBytes
  }

  get gitAddToAnnex(): boolean {
    return this.#rules.gitAddToAnnex
  }

  get dotfiles(): boolean {
    return this.#rules.dotfiles
  }
}
