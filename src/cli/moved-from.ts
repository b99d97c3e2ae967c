/**
 * The second half of a move: whether and how the copy at the source goes. Numcopies decides when the
 * destination's copy is none that the move has made, or counts for less than the source's.
 * Implements spec: numcopies, section 6.
 */
import type { Uuid } from '../model/uuid.js'
import { isTrustWorsened } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import {
  type DropBase,
  type DropOutcome,
  dropFromRemote,
  dropHere,
  type Justification,
} from '../transfer/drop.js'
import { type Move, MoveLog } from '../transfer/move-log.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { CopiesPolicy, type DropSettings, dropBase, tellUnsafe } from './drop-context.js'
import { DropReasons, type ReasonOptions } from './drop-reasons.js'
import { RequiredContent } from './required-content.js'
import type { Found } from './seek.js'

/** The options of copy and move. */
export interface MoverOptions extends DropSettings, ReasonOptions {
  readonly force: boolean
  readonly fast: boolean
}

/** One content on its way. */
export interface MoveStep {
  readonly found: Found
  readonly from: Remote | 'here'
  readonly to: Remote | 'here'
}

export class MovedFrom {
  readonly #annex: Annex
  readonly #force: boolean
  readonly #policy: CopiesPolicy
  readonly #required: RequiredContent
  readonly #reasons: DropReasons
  readonly #log: MoveLog

  constructor(annex: Annex, options: MoverOptions) {
    this.#annex = annex
    this.#force = options.force
    this.#policy = new CopiesPolicy(annex, options)
    this.#required = new RequiredContent(annex)
    this.#reasons = new DropReasons(annex, options)
    this.#log = new MoveLog(annex.repository.annexDir)
  }

  /**
   * Notes that a move begins, before anything is transferred.
   * @param hasNow whether the destination has the content
   * @returns whether it had it before this move was begun, perhaps by a command that was interrupted
   */
  begin(step: MoveStep, hasNow: boolean): boolean {
    return this.#log.begin(this.#move(step), hasNow)
  }

  /** The source has nothing to move: whatever was begun is over. */
  nothingLeft(step: MoveStep): void {
    this.#log.over(this.#move(step))
  }

  /**
   * Drops the copy at the source; when it must stay, says why.
   * @param had what {@link begin} has answered
   */
  async drop(step: MoveStep, { had, ui }: { had: boolean; ui: ItemUi }): Promise<boolean> {
    const { found, from } = step
    const { keyText } = found
    const uuid = this.#uuidOf(from)
    if (this.#force || !this.#required.refuses(found, uuid, ui)) {
      const base = await dropBase(this.#annex, keyText, this.#policy.neededFor(keyText))
      const outcome = await this.#remove(step, base, this.#justify(step, had))
      this.#log.done(this.#move(step))
      if (outcome.proof) {
        await this.#reasons.tell(ui, { proof: outcome.proof, needed: base.needed })
        return true
      }
      await tellUnsafe(this.#annex, ui, { base, outcome, from: uuid, nowhere: '' })
    } else this.#log.done(this.#move(step))
    ui.longNote(`Content not dropped from ${from === 'here' ? 'here' : from.name}.`)
    return false
  }

  async #remove(
    { found, from }: MoveStep,
    base: DropBase,
    justification: Justification,
  ): Promise<DropOutcome> {
    const { branch, workTree } = this.#annex
    const options = { justification, branch }
    if (from !== 'here') return await dropFromRemote(base, from, options)
    const contentGone = () => workTree.contentChanged(found.keyText)
    return await dropHere(base, { ...options, contentGone })
  }

  #justify({ from, to }: MoveStep, had: boolean): Justification {
    if (this.#force) return { kind: 'forced' }
    const isWorse = isTrustWorsened(this.#uuidOf(from), this.#uuidOf(to), this.#annex.trust)
    return had || isWorse ? { kind: 'numcopies' } : { kind: 'moved', to }
  }

  #move({ found, from, to }: MoveStep): Move {
    return { from: this.#uuidOf(from), to: this.#uuidOf(to), keyText: found.keyText }
  }

  #uuidOf(place: Remote | 'here'): Uuid {
    return place === 'here' ? this.#annex.uuid : place.uuid
  }
}
