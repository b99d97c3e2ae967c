/**
 * Why `git add` and `git annex add` would annex a file or not: the decision of the rules themselves,
 * and where the rule stands that decided. Implements spec: repository layout, section 11.
 */
import { type AttributeOrigin, AttributeReader } from '../git/attributes.js'
import { findConfigOrigin } from '../git/config.js'
import { readIndexEntries } from '../git/index-file.js'
import type { IndexEntry } from '../git/index-format.js'
import { entriesAt } from '../git/list-files.js'
import { join } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { parseLinkTarget } from '../model/pointer.js'
import { formatSize } from '../model/units.js'
import * as files from '../platform/files.js'
import { decideAnnexAdd, decideGitAdd, type LargefilesDecision } from '../policy/largefiles.js'
import { LargefilesRules } from '../worktree/largefiles-rules.js'
import { factsOf } from '../worktree/mime.js'
import type { Annex } from './annex.js'

const LARGEFILES = 'annex.largefiles'
const OUR_STAGE = 2

/** What one of the two commands does, and the rule behind it. */
export interface Verdict {
  readonly isAnnexed: boolean
  /** A sentence without full stop. */
  readonly reason: string
  /** The setting or attribute that decided, such as `annex.largefiles`, and its value. */
  readonly rule?: { readonly name: string; readonly value: Bytes } | undefined
  /** Where it stands: `FILE:LINE`, or what `git config --show-origin` says. */
  readonly origin?: Bytes | undefined
}

export interface Explanation {
  /** What the index has: the key when it is annexed, `git`, or nothing. */
  readonly staged: { readonly keyText: Bytes } | 'git' | undefined
  readonly gitAdd: Verdict
  readonly annexAdd: Verdict
  /** The value of the attribute `filter`, and where it stands. */
  readonly filter: { readonly value: Bytes | undefined; readonly origin: Bytes | undefined }
}

/** Explains files, one after the other. */
export class AddExplainer {
  readonly #annex: Annex
  readonly #entries: readonly IndexEntry[]
  readonly #attributes: AttributeReader
  readonly #rules: LargefilesRules

  constructor(annex: Annex) {
    const { repository, config, env } = annex
    this.#annex = annex
    this.#entries = readIndexEntries(repository)
    this.#attributes = new AttributeReader({
      repository,
      config,
      env,
      names: ['filter', LARGEFILES],
      isStaged: (path) => entriesAt(this.#entries, path).length > 0,
    })
    let globals: ReadonlyMap<Bytes, Bytes> | undefined
    this.#rules = new LargefilesRules({
      config,
      attribute: (path, name) => this.#attributes.get(path, name),
      globalSetting: (name) => {
        globals ??= annex.branch.configs()
        return globals.get(name)
      },
    })
  }

  /**
   * @param path relative to the top
   * @param stat of the file there, links not followed
   * @throws AnnexError EXPRESSION_INVALID when annex.largefiles cannot be understood
   */
  explain(path: Bytes, stat: files.FileStat): Explanation {
    const staged = this.#stagedAs(path)
    const filter = {
      value: this.#attributes.get(path, 'filter'),
      origin: this.#showOrigin(this.#attributes.origin(path, 'filter')),
    }
    const candidate = {
      facts: factsOf({ path, sizeBytes: stat.size, file: this.#fileAt(path) }),
      wasAnnexed: typeof staged === 'object',
    }
    const settings = this.#rules.settingsFor(path)
    const fixed = this.#explainLink(path, stat) ?? explainEmpty(stat)
    const verdict = (decision: LargefilesDecision) => this.#verdict(decision, path, stat.size)
    return {
      staged,
      filter,
      gitAdd: fixed ?? this.#explainFilter(filter) ?? verdict(decideGitAdd(settings, candidate)),
      annexAdd: fixed ?? verdict(decideAnnexAdd(settings, candidate.facts)),
    }
  }

  #stagedAs(path: Bytes): Explanation['staged'] {
    const entries = entriesAt(this.#entries, path)
    const entry = entries.find(({ stage }) => stage === OUR_STAGE) ?? entries[0]
    const keyText = entry && this.#annex.blobKeys.keyTextOf(entry)
    return keyText === undefined ? entry && 'git' : { keyText }
  }

  #fileAt(path: Bytes): Bytes {
    return join(this.#annex.repository.workTree!, path)
  }

  #explainLink(path: Bytes, stat: files.FileStat): Verdict | undefined {
    if (!stat.isSymbolicLink()) return undefined
    const target = files.readLink(this.#fileAt(path)) ?? ''
    return parseLinkTarget(target)
      ? { isAnnexed: true, reason: 'it is a locked file: a link to its content' }
      : { isAnnexed: false, reason: 'it is a symbolic link' }
  }

  #explainFilter({ value, origin }: Explanation['filter']): Verdict | undefined {
    if (value !== 'annex') {
      const reason = value
        ? `its filter is ${value}, not annex`
        : 'no attribute sends it through the filter'
      return { isAnnexed: false, reason, origin }
    }
    const { config } = this.#annex
    if (config.get('filter.annex.process') || config.get('filter.annex.clean')) return undefined
    return { isAnnexed: false, reason: 'the filter is not configured: run git annex init' }
  }

  #verdict({ isLarge, reason }: LargefilesDecision, path: Bytes, sizeBytes: bigint): Verdict {
    const verdict = (text: string, setting?: string): Verdict => {
      const value = setting === undefined ? undefined : this.#annex.config.get(setting)
      return {
        isAnnexed: isLarge,
        reason: text,
        ...(value !== undefined && {
          rule: { name: setting!, value },
          origin: this.#configOrigin(setting!),
        }),
      }
    }
    switch (reason) {
      case 'largefiles':
        return { isAnnexed: isLarge, ...this.#largefilesReason(path, isLarge) }
      case 'dotfile':
        return verdict('dotfiles go to git unless annex.dotfiles is true', 'annex.dotfiles')
      case 'gitaddtoannex':
        return verdict('annex.gitaddtoannex is false', 'annex.gitaddtoannex')
      case 'annexed before':
        return verdict('it was annexed before')
      case 'default':
        return verdict('annex.largefiles is not set')
      case 'threshold': {
        const than = formatSize(this.#rules.thresholdBytes)
        const is = isLarge ? 'at least' : 'less than'
        const setting = 'annex.gitadd-threshold'
        return verdict(`${formatSize(sizeBytes)} is ${is} ${setting}, ${than}`, setting)
      }
    }
  }

  #largefilesReason(path: Bytes, isLarge: boolean): Omit<Verdict, 'isAnnexed'> {
    const { place, text } = this.#rules.sourceFor(path)!
    const origin = {
      config: () => this.#configOrigin(LARGEFILES),
      attributes: () => this.#showOrigin(this.#attributes.origin(path, LARGEFILES)),
      branch: () => 'git annex config',
    }[place]()
    return {
      reason: `annex.largefiles ${isLarge ? 'matches' : 'does not match'}`,
      rule: { name: LARGEFILES, value: text },
      origin,
    }
  }

  /** What git does not know of was given to us alone. */
  #configOrigin(name: string): Bytes {
    const { repository, config } = this.#annex
    const found = findConfigOrigin(repository, name)
    return found && found.value === config.get(name) ? this.#shorten(found.origin) : 'command line'
  }

  #showOrigin(origin: AttributeOrigin | undefined): Bytes | undefined {
    return origin && `${this.#shorten(origin.file)}:${origin.line}`
  }

  /** Paths in the work tree are shown relative to its top. */
  #shorten(file: Bytes): Bytes {
    const top = `${this.#annex.repository.workTree}/`
    return file.startsWith(top) ? file.slice(top.length) : file
  }
}

function explainEmpty({ size }: files.FileStat): Verdict | undefined {
  return size === 0n ? { isAnnexed: false, reason: 'empty files stay in git' } : undefined
}
