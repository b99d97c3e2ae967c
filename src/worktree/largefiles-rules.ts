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

export class LargefilesRules {
  readonly #sources: LargefilesSources
  /** Rules by where they were found and what they say: files share few of them. */
  readonly #parsed = new Map<string, LargefilesRule>()
  #threshold: bigint | undefined

  constructor(sources: LargefilesSources) {
    this.#sources = sources
  }

  /**
   * The settings for a path, looked up as they are asked for.
   * @param path relative to the top of the work tree
   */
  settingsFor(path: Bytes): LargefilesSettings {
    const find = () => this.#findRule(path)
    const threshold = () => this.#readThreshold()
    const { config } = this.#sources
    const dotfiles = () => this.#dotfiles()
    return {
      get rule() {
        return find()
      },
      get thresholdBytes() {
        return threshold()
      },
      get gitAddToAnnex() {
        return config.getBoolean('annex.gitaddtoannex') ?? true
      },
      get dotfiles() {
        return dotfiles()
      },
    }
  }

  #findRule(path: Bytes): LargefilesRule | undefined {
    const configured = this.#sources.config.get(LARGEFILES)
    if (configured !== undefined) return this.#parse(configured, 'the git configuration')
    const attribute = this.#sources.attribute(path, LARGEFILES)
    if (attribute) return this.#parse(attribute, 'the gitattributes')
    const global = this.#sources.globalSetting(LARGEFILES)
    return global === undefined ? undefined : this.#parse(global, '"git annex config"')
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

  #readThreshold(): bigint {
    this.#threshold ??= parseThreshold(this.#sources.config.get('annex.gitadd-threshold'))
    return this.#threshold
  }

  #dotfiles(): boolean {
    const configured = this.#sources.config.getBoolean(DOTFILES)
    if (configured !== undefined) return configured
    return parseGitBoolean(this.#sources.globalSetting(DOTFILES) ?? '') ?? false
  }
}
