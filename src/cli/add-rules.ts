/**
 * How `git annex add` treats each file: annexed or not, locked or not, with which backend. Attributes
 * of all files are read with one process, or none.
 * Implements spec: repository layout, section 11; keys and backends, section 7.
 */
import { checkAttributes, mayHaveAttribute } from '../git/check-attr.js'
import { parseGitBoolean } from '../git/config.js'
import { join } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { decideAnnexAdd, parseLargefiles } from '../policy/largefiles.js'
import type { Matcher } from '../policy/matcher.js'
import { LargefilesRules } from '../worktree/largefiles-rules.js'
import { factsOf } from '../worktree/mime.js'
import { KeyMaker } from '../worktree/new-key.js'
import type { Annex } from './annex.js'
import { FilterReach } from './filter-reach.js'

const ATTRIBUTES = ['annex.largefiles', 'annex.backend']
const ADD_UNLOCKED = 'annex.addunlocked'

export interface AddRulesOptions {
  /** All files that will be asked about, relative to the top. */
  readonly paths: readonly Bytes[]
  /** `--backend`, as text. */
  readonly backend: string | undefined
}

export class AddRules {
  readonly keyMaker: KeyMaker
  readonly #annex: Annex
  readonly #attributes: ReadonlyMap<Bytes, Readonly<Record<string, Bytes>>>
  readonly #rules: LargefilesRules
  readonly #unlocked: Matcher
  readonly #reach: FilterReach
  #globals: ReadonlyMap<Bytes, Bytes> | undefined

  constructor(annex: Annex, { paths, backend }: AddRulesOptions) {
    this.#annex = annex
    const { repository, config, env } = annex
    this.#attributes = mayHaveAttribute(repository, { text: 'annex.', paths, config, env })
      ? checkAttributes(repository, paths, ATTRIBUTES)
      : new Map()
    const attribute = (path: Bytes, name: string) => this.#attributes.get(path)?.[name]
    const globalSetting = (name: string) => this.#globalSetting(name)
    this.#rules = new LargefilesRules({ config, attribute, globalSetting })
    const option = backend === undefined ? undefined : bytesFromText(backend)
    this.keyMaker = new KeyMaker({ config, attribute, option })
    this.#unlocked = this.#parseAddUnlocked()
    this.#reach = new FilterReach(annex)
  }

  #globalSetting(name: string): Bytes | undefined {
    this.#globals ??= this.#annex.branch.configs()
    return this.#globals.get(name)
  }

  /**
   * Whether a file goes to the annex.
   * @param sizeBytes of its content
   * @param content absolute path of it, when it is not in the work tree yet
   */
  isLarge(path: Bytes, sizeBytes: bigint, content?: Bytes): boolean {
    const facts = this.#facts(path, sizeBytes, content)
    return decideAnnexAdd(this.#rules.settingsFor(path), facts).isLarge
  }

  /**
   * Whether a file that is annexed stays a file, with a pointer in git, rather than a link: where
   * `annex.addunlocked` wants that and git sends the file through the filter.
   */
  isUnlocked(path: Bytes, sizeBytes: bigint, content?: Bytes): boolean {
    if (!this.#unlocked(this.#facts(path, sizeBytes, content))) return false
    return this.#reach.has(path) || !this.#hasLinks
  }

  /** Whether a file becomes a link only because git does not send it through the filter. */
  isOutOfReach(path: Bytes, sizeBytes: bigint): boolean {
    return this.#unlocked(this.#facts(path, sizeBytes)) && !this.isUnlocked(path, sizeBytes)
  }

  get #hasLinks(): boolean {
    return this.#annex.config.getBoolean('core.symlinks') !== false
  }

  #facts(path: Bytes, sizeBytes: bigint, content?: Bytes) {
    const file = content ?? join(this.#annex.repository.workTree!, path)
    return factsOf({ path, sizeBytes, file })
  }

  /** A boolean or an expression; where links cannot be made, everything is unlocked. */
  #parseAddUnlocked(): Matcher {
    const { config } = this.#annex
    if (!this.#hasLinks) return () => true
    const text = config.get(ADD_UNLOCKED) ?? this.#globalSetting(ADD_UNLOCKED) ?? 'true'
    const flag = parseGitBoolean(text)
    if (flag !== undefined) return () => flag
    return parseLargefiles(text, ADD_UNLOCKED).matches
  }
}
