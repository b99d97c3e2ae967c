/**
 * The actions of `drop`, here and at remotes, for every command that drops. What `drop` itself was
 * refused for want of copies is remembered for `drop --retry`; what is dropped is forgotten there.
 * Implements spec: numcopies, section 4.
 */
import { isDiskFull } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { isReadOnly } from '../platform/file-lock.js'
import type { Remote } from '../remotes/remote.js'
import { type DropBase, type DropOutcome, dropFromRemote, dropHere } from '../transfer/drop.js'
import type { RefusedDrop, RefusedDrops } from '../transfer/refused-drops.js'
import type { Annex } from './annex.js'
import type { Action, ItemUi } from './command.js'
import { CopiesPolicy, type DropSettings, dropBase, tellUnsafe } from './drop-context.js'
import { DropReasons, type ReasonOptions } from './drop-reasons.js'
import { recordUnusedDrop, refusesUsed } from './drop-unused.js'
import { RequiredContent } from './required-content.js'
import type { Found } from './seek.js'
import { refusedDrops } from './to-do-notes.js'

/** The options of a command that drops. */
export interface DropperOptions extends DropSettings, ReasonOptions {
  readonly force: boolean
  /** What is dropped was chosen as unused. */
  readonly unused?: boolean
  /** What is refused is to be tried again by `drop --retry`. */
  readonly remembers?: boolean
}

export class Dropper {
  readonly policy: CopiesPolicy
  readonly required: RequiredContent
  readonly reasons: DropReasons
  readonly #annex: Annex
  readonly #force: boolean
  readonly #isUnused: boolean
  readonly #remembers: boolean
  readonly #refused: RefusedDrops

  constructor(annex: Annex, options: DropperOptions) {
    this.#annex = annex
    this.#force = options.force
    this.#isUnused = options.unused ?? false
    this.#remembers = options.remembers ?? false
    this.policy = new CopiesPolicy(annex, options)
    this.required = new RequiredContent(annex)
    this.reasons = new DropReasons(annex, options)
    this.#refused = refusedDrops(annex)
  }

  /** Drops our own copy; undefined when there is none. */
  here(found: Found): Action | undefined {
    const annex = this.#annex
    const { keyText } = found
    if (!annex.store.has(keyText)) {
      this.#refused.forget({ from: annex.uuid, keyText })
      return undefined
    }
    const perform = async (ui: ItemUi): Promise<boolean> => {
      // Another file with the same content may have been dropped before this one.
      if (!annex.store.has(keyText)) return true
      return await this.#drop({ found, from: annex.uuid }, ui, async (base) =>
        dropHere(base, {
          justification: this.#justification,
          branch: annex.branch,
          contentGone: () => annex.workTree.contentChanged(keyText),
        }),
      )
    }
    return { command: 'drop', item: found, perform }
  }

  /** Drops a remote's copy, whatever the location log says: what is not there is gone. */
  from(found: Found, remote: Remote): Action {
    const options = { justification: this.#justification, branch: this.#annex.branch }
    const perform = (ui: ItemUi) =>
      this.#drop({ found, from: remote.uuid }, ui, (base) => dropFromRemote(base, remote, options))
    return { command: `drop ${remote.name}`, item: found, perform }
  }

  get #justification() {
    return { kind: this.#force ? 'forced' : 'numcopies' } as const
  }

  async #drop(
    { found, from }: { found: Found; from: Uuid },
    ui: ItemUi,
    drop: (base: DropBase) => Promise<DropOutcome>,
  ): Promise<boolean> {
    const { keyText } = found
    if (!this.#force && this.required.refuses(found, from, ui)) return false
    if (this.#force && this.#isUnused && refusesUsed(this.#annex, keyText, ui)) return false
    const base = await dropBase(this.#annex, keyText, this.policy.neededFor(keyText))
    const outcome = await drop(base)
    this.#note({ from, keyText }, outcome.dropped || !base.locations.includes(from))
    if (outcome.dropped && this.#isUnused) recordUnusedDrop(this.#annex, keyText, from)
    if (outcome.proof) await this.reasons.tell(ui, { proof: outcome.proof, needed: base.needed })
    else await tellUnsafe(this.#annex, ui, { base, outcome, from })
    return outcome.dropped
  }

  #note(drop: RefusedDrop, isDone: boolean): void {
    if (isDone) this.#refused.forget(drop)
    if (isDone || !this.#remembers) return
    try {
      this.#refused.remember(drop)
    } catch (error) {
      // Why it was refused is the more important news.
      if (!isDiskFull(error) && !isReadOnly(error)) throw error
    }
  }
}
