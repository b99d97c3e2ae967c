/**
 * The actions of `copy` and `move` between here and remotes, and of `mirror`, which copies. A move is a
 * copy, then a drop at the source. Implements spec: numcopies, section 6.
 */
import { errorMessage, isAnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import { type Destination, fetchContent } from '../transfer/fetch.js'
import { sendContent, takeSentAhead } from '../transfer/send.js'
import type { Annex } from './annex.js'
import type { Action, ItemUi } from './command.js'
import { announceSends, foreseeingItems } from './foresee-sends.js'
import { MovedFrom, type MoverOptions, type MoveStep } from './moved-from.js'
import { relayAction } from './relay-action.js'
import type { Found } from './seek.js'
import { hereAsDestination, isWorthAsking, remotesWith } from './transfer-context.js'

export class Mover {
  readonly #annex: Annex
  readonly #command: 'copy' | 'move'
  readonly #options: MoverOptions
  readonly #source: MovedFrom | undefined
  readonly #destination: Destination

  constructor(annex: Annex, command: 'copy' | 'move', options: MoverOptions) {
    this.#annex = annex
    this.#command = command
    this.#options = options
    this.#source = command === 'move' ? new MovedFrom(annex, options) : undefined
    this.#destination = hereAsDestination(annex, options)
  }

  /**
   * Passes items that are to be sent on, those that will surely be copied known to the remote before
   * their turns. A move notes first what it is about to do.
   */
  foreseeing(items: Iterable<Found | undefined>, target: Remote): Iterable<Found | undefined> {
    if (this.#source || !target.expectStores) return items
    const { branch } = this.#annex
    const isKnown = ({ keyText }: Found) =>
      this.#options.fast && branch.locations(keyText).includes(target.uuid)
    return foreseeingItems(items, (added) => {
      const lacking = added.filter((found) => !isKnown(found))
      announceSends(this.#annex, target, new Set(lacking.map(({ keyText }) => keyText)))
    })
  }

  /** Sends what is here; undefined when it is not. */
  to(found: Found, target: Remote): Action | undefined {
    const { store, branch, uuid } = this.#annex
    const { keyText } = found
    if (target.uuid === uuid) return undefined
    if (!store.has(keyText)) return this.#nothing({ found, from: 'here', to: target })
    const trustsLog = this.#options.fast && !this.#source
    if (trustsLog && branch.locations(keyText).includes(target.uuid)) return undefined
    return this.#action(found, async (ui) => {
      // Another file with the same content may have been moved before this one.
      if (!store.has(keyText)) return true
      if (!this.#source && (await this.#sentAhead(found, target, ui))) return true
      const hasNow = !trustsLog && (await target.checkPresent(keyText))
      const step = { found, from: 'here', to: target } as const
      const had = this.#source?.begin(step, hasNow) ?? hasNow
      if (hasNow) branch.correctPresence(keyText, target.uuid, true)
      else {
        ui.note(`to ${target.name}...`)
        await sendContent(keyText, target, { origin: this.#annex, ui, file: found.path })
      }
      return (await this.#source?.drop(step, { had, ui })) ?? true
    })
  }

  /** Whether a copy has been sent before its turn. */
  async #sentAhead({ keyText, path }: Found, target: Remote, ui: ItemUi): Promise<boolean> {
    const options = { origin: this.#annex, ui, file: path }
    const sent = await takeSentAhead(keyText, target, options)
    if (sent === 'stored') ui.note(`to ${target.name}...`)
    return sent !== undefined
  }

  /** Fetches from a remote; undefined when it is not known to have it, or there is nothing to do. */
  async from(found: Found, source: Remote): Promise<Action | undefined> {
    const { store, uuid } = this.#annex
    const { keyText } = found
    if (source.uuid === uuid || (!this.#source && store.has(keyText))) return undefined
    const { force } = this.#options
    if (!(await isWorthAsking(this.#annex, keyText, { remote: source, force })))
      return this.#nothing({ found, from: source, to: 'here' })
    return this.#fromAction(found, source)
  }

  /** From every remote that has it, the cheapest first: the others have nothing to send any more. */
  async here(found: Found): Promise<readonly Action[]> {
    const annex = this.#annex
    if (!this.#source && annex.store.has(found.keyText)) return []
    const remotes = remotesWith(annex, found.keyText, await annex.remotes())
    return remotes
      .filter(({ uuid }) => uuid !== annex.uuid)
      .map((remote) => this.#fromAction(found, remote))
  }

  /**
   * From wherever it is to one remote: a copy from the nearest that gives it; a move from everywhere,
   * one after the other.
   */
  async anywhere(found: Found, to: Remote): Promise<readonly Action[]> {
    const annex = this.#annex
    const own = this.to(found, to)
    if (own && !this.#source) return [own]
    const remotes = remotesWith(annex, found.keyText, await annex.remotes())
    const actions = remotes.map((from) => this.between(found, from, to))
    const others = actions.filter((action) => action !== undefined)
    if (this.#source) return own ? [own, ...others] : others
    return others.length < 2 ? others : [this.#action(found, (ui) => performFirst(others, ui))]
  }

  /** From one remote to another; undefined when they are the same or the source has nothing to give. */
  between(found: Found, from: Remote, to: Remote): Action | undefined {
    const annex = this.#annex
    const { keyText } = found
    const { fast, force } = this.#options
    const locations = annex.branch.locations(keyText)
    if (from.uuid === to.uuid) return undefined
    if (!force && from.isIgnored) return undefined
    if (!force && !locations.includes(from.uuid)) return this.#nothing({ found, from, to })
    if (fast && !this.#source && locations.includes(to.uuid)) return undefined
    const plan = { from, to, source: this.#source, relay: this.#destination }
    return this.#action(found, (ui) => relayAction(annex, found, { ...plan, ui }))
  }

  #nothing(step: MoveStep): undefined {
    this.#source?.nothingLeft(step)
    return undefined
  }

  #fromAction(found: Found, source: Remote): Action {
    const { store } = this.#annex
    const { keyText } = found
    return this.#action(found, async (ui) => {
      const hasNow = store.has(keyText)
      const step = { found, from: source, to: 'here' } as const
      const had = this.#source?.begin(step, hasNow) ?? hasNow
      if (hasNow) ui.note(`from ${source.name}...`)
      else if (!(await this.#fetch(found, source, ui))) return false
      return (await this.#source?.drop(step, { had, ui })) ?? true
    })
  }

  async #fetch({ keyText, path }: Found, source: Remote, ui: ItemUi): Promise<boolean> {
    const options = { destination: this.#destination, ui, file: path }
    return (await fetchContent(keyText, [source], options)).from !== undefined
  }

  #action(item: Found, perform: Action['perform']): Action {
    return { command: this.#command, item, perform }
  }
}

/** Performs actions until one succeeds; the reasons of those before are told. */
async function performFirst(actions: readonly Action[], ui: ItemUi): Promise<boolean> {
  for (const action of actions)
    try {
      if ((await action.perform(ui)) !== false) return true
    } catch (error) {
      if (!isAnnexError(error)) throw error
      ui.warning(errorMessage(error))
    }
  return false
}
