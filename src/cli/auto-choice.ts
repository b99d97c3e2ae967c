/**
 * What `--auto` chooses: contents that lack copies or are wanted come, those that have copies enough
 * and are not wanted go. Implements spec: CLI, section 6.2; numcopies, section 4.
 */
import type { Bytes } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'
import type { Annex } from './annex.js'
import type { CopiesPolicy } from './drop-context.js'
import type { Matchable } from './match-facts.js'
import { compileKept, compileWanted, type Wanted } from './wanted-content.js'

export class AutoChoice {
  readonly #annex: Annex
  readonly #policy: CopiesPolicy
  readonly #wanted = new Map<Uuid, Wanted>()
  readonly #kept = new Map<Uuid, Wanted | undefined>()

  constructor(annex: Annex, policy: CopiesPolicy) {
    this.#annex = annex
    this.#policy = policy
  }

  /** Whether a content is to come to a repository: copies are lacking, or it wants it. */
  isToCome(found: Matchable, to: Uuid): boolean {
    const { keyText } = found
    if (this.#countCopies(keyText) < this.#policy.neededFor(keyText).numcopies) return true
    if (!this.#wanted.has(to)) this.#wanted.set(to, compileWanted(this.#annex, to, false))
    return this.#wanted.get(to)!(found)
  }

  /** Whether a content may leave a repository: no file makes it wanted, and others have copies enough. */
  isToGo(found: Matchable, from: Uuid): boolean {
    const { keyText } = found
    if (this.#isKept(found, from)) return false
    return this.#countCopies(keyText, from) >= this.#policy.neededFor(keyText).numcopies
  }

  #isKept(found: Matchable, from: Uuid): boolean {
    if (!this.#kept.has(from)) this.#kept.set(from, compileKept(this.#annex, from))
    const keeps = this.#kept.get(from)
    if (!keeps) return false
    const { keyText } = found
    return (
      keeps(found) ||
      this.#annex.workTree
        .pathsOf(keyText)
        .some(
          (path) => path !== found.path && keeps({ file: path, path, keyText, entry: undefined }),
        )
    )
  }

  /** By the location log; untrusted and dead repositories do not count. */
  #countCopies(keyText: Bytes, except?: Uuid): number {
    const { branch, trust } = this.#annex
    return branch
      .locations(keyText)
      .filter((uuid) => uuid !== except && !['untrusted', 'dead'].includes(trustOf(uuid, trust)))
      .length
  }
}
