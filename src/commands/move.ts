/**
 * `git annex move --to|--from REMOTE`: a copy, then a drop at the source. The number of copies does
 * not shrink, so numcopies is only asked when the destination had the content before.
 * Implements spec: numcopies, section 6.
 */
import type { Annex } from '../cli/annex.js'
import {
  type Action,
  batchOptions,
  type Command,
  type ItemUi,
  type OptionSpecs,
  transferOptions,
} from '../cli/command.js'
import { CopiesPolicy, dropBase, tellUnsafe } from '../cli/drop-context.js'
import { RequiredContent } from '../cli/required-content.js'
import { type Found, failedOption, seek, seekOptions } from '../cli/seek.js'
import { hereAsDestination, mayHave, namedRemote, remotesWith } from '../cli/transfer-context.js'
import type { Bytes } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { isTrustWorsened } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import { dropFromRemote, dropHere, type Justification } from '../transfer/drop.js'
import { fetchContent } from '../transfer/fetch.js'
import { sendContent } from '../transfer/send.js'

const options = {
  ...transferOptions,
  ...batchOptions,
  ...seekOptions,
  ...failedOption,
  to: { type: 'string', alias: 't', value: 'REMOTE', summary: 'move content to this remote' },
  from: { type: 'string', alias: 'f', value: 'REMOTE', summary: 'move content from this remote' },
} as const satisfies OptionSpecs

export const move: Command<typeof options, 'annex'> = {
  name: 'move',
  section: 'content',
  summary: 'moves content to or from a remote',
  usage: '[PATH …] (--to REMOTE | --from REMOTE)',
  needs: 'annex',
  matching: true,
  options,
  async *run(annex, args) {
    const { to, from, force, numcopies, mincopies } = args.options
    const target = to === undefined ? undefined : await namedRemote(annex, to)
    const source = from === undefined ? undefined : await namedRemote(annex, from)
    const policy = new CopiesPolicy(annex, { numcopies, mincopies })
    const mover = new Mover(annex, policy, force)
    if (target === undefined && source === undefined)
      throw new AnnexError('USAGE', 'Specify --from or --to')
    if (isRemote(target) && isRemote(source))
      throw new AnnexError('NOT_BUILT_YET', 'move --from A --to B is not built yet', {
        hint: 'git annex move --from A, then git annex move --to B',
      })
    for (const found of seek(annex, args)) {
      if (!found) yield undefined
      else if (isRemote(target)) yield mover.toRemote(found, target)
      else yield await mover.fromRemotes(found, isRemote(source) ? source : undefined)
    }
  },
}

function isRemote(place: Remote | 'here' | undefined): place is Remote {
  return place !== undefined && place !== 'here'
}

class Mover {
  readonly #annex: Annex
  readonly #policy: CopiesPolicy
  readonly #required: RequiredContent
  readonly #force: boolean

  constructor(annex: Annex, policy: CopiesPolicy, force: boolean) {
    this.#annex = annex
    this.#policy = policy
    this.#required = new RequiredContent(annex)
    this.#force = force
  }

  toRemote(found: Found, target: Remote): Action | undefined {
    const annex = this.#annex
    const { keyText } = found
    if (!annex.store.has(keyText)) return undefined
    const perform = async (ui: ItemUi) => {
      if (!annex.store.has(keyText)) return true
      const had = await target.checkPresent(keyText)
      if (had) annex.branch.correctPresence(keyText, target.uuid, true)
      else {
        ui.note(`to ${target.name}...`)
        await sendContent(keyText, target, { origin: annex, ui })
      }
      return await this.#drop(found, 'here', {
        justification: this.#justify(had, annex.uuid, target),
        ui,
      })
    }
    return { command: 'move', item: found, perform }
  }

  /** From one remote, or (`--to here`) from the first that gives it. */
  async fromRemotes(found: Found, source: Remote | undefined): Promise<Action | undefined> {
    const annex = this.#annex
    const { keyText } = found
    const candidates = source
      ? [source].filter((remote) => mayHave(annex, keyText, { remote, force: this.#force }))
      : remotesWith(annex, keyText, await annex.remotes())
    if (candidates.length === 0) return undefined
    const perform = async (ui: ItemUi) => {
      const had = annex.store.has(keyText)
      const from = had ? candidates[0] : await this.#fetch(keyText, candidates, ui)
      if (!from) return false
      if (had) ui.note(`from ${from.name}...`)
      return await this.#drop(found, from, {
        justification: this.#justify(had, from.uuid, 'here'),
        ui,
      })
    }
    return { command: 'move', item: found, perform }
  }

  async #fetch(
    keyText: Bytes,
    candidates: readonly Remote[],
    ui: ItemUi,
  ): Promise<Remote | undefined> {
    const destination = hereAsDestination(this.#annex, { force: this.#force })
    const { from } = await fetchContent(keyText, candidates, { destination, ui })
    return from
  }

  /** Numcopies decides when the copy at the destination is none that the move has made. */
  #justify(had: boolean, from: Uuid, to: Remote | 'here'): Justification {
    if (this.#force) return { kind: 'forced' }
    const destination = to === 'here' ? this.#annex.uuid : to.uuid
    const isWorse = isTrustWorsened(from, destination, this.#annex.trust)
    return had || isWorse ? { kind: 'numcopies' } : { kind: 'moved', to }
  }

  /** Drops the copy at the source; when it must stay, says why. */
  async #drop(
    found: Found,
    from: Remote | 'here',
    { justification, ui }: { justification: Justification; ui: ItemUi },
  ): Promise<boolean> {
    const annex = this.#annex
    const { keyText } = found
    const uuid = from === 'here' ? annex.uuid : from.uuid
    const isKept = !this.#force && this.#required.refuses(found, uuid, ui)
    if (!isKept) {
      const base = await dropBase(annex, keyText, this.#policy.neededFor(keyText))
      const options = { justification, branch: annex.branch }
      const contentGone = () => annex.workTree.contentChanged(keyText)
      const outcome =
        from === 'here'
          ? await dropHere(base, { ...options, contentGone })
          : await dropFromRemote(base, from, options)
      if (outcome.dropped) return true
      await tellUnsafe(annex, ui, { base, outcome, from: uuid, nowhere: '' })
    }
    ui.longNote(`Content not dropped from ${from === 'here' ? 'here' : from.name}.`)
    return false
  }
}
