/**
 * Moving contents as a sync does: each content comes here, goes to the remotes that lack it, and leaves
 * where it is not wanted, as preferred content says; without any, everybody wants everything.
 * Implements spec: CLI, sections 6.2 and 11.3.
 */
import { relative } from '../git/repository.js'
import { bytesFromText, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import type { Remote } from '../remotes/remote.js'
import { fetchContent } from '../transfer/fetch.js'
import { sendContent, takeSentAhead } from '../transfer/send.js'
import type { Annex } from './annex.js'
import { AutoChoice } from './auto-choice.js'
import type { Action } from './command.js'
import { Dropper } from './dropper.js'
import { announceSends, foreseeingItems } from './foresee-sends.js'
import { type Found, seek } from './seek.js'
import type { SyncGiven } from './sync-options.js'
import type { SyncPlan } from './sync-plan.js'
import { hereAsDestination, remotesWith } from './transfer-context.js'
import { compileKept, compileWanted, type Wanted } from './wanted-content.js'

/** The transfers and drops between here and the remotes. */
export async function* syncContent(
  annex: Annex,
  plan: SyncPlan,
  given: SyncGiven,
): AsyncIterable<Action> {
  const remotes = chooseRemotes(annex, await annex.remotes(), { plan, given })
  const mover = new ContentMover(annex, remotes, { plan, given })
  const chosen = chosenContents(annex, given)
  for (const found of foreseeingItems(chosen, (items) => mover.announce(items)))
    if (found) yield* mover.actions(found)
}

/** Those that take part, and are not to be left alone. */
function chooseRemotes(
  { config }: Annex,
  remotes: readonly Remote[],
  { plan: { names }, given }: { plan: SyncPlan; given: SyncGiven },
): readonly Remote[] {
  const takesPart = ({ name }: Remote) =>
    names?.includes(name) ?? config.getBoolean(`remote.${bytesFromText(name)}.annex-sync`) !== false
  const chosen = remotes.filter((remote) => !remote.isIgnored && takesPart(remote))
  const least = Math.min(...chosen.map(({ cost }) => cost))
  return given.fast ? chosen.filter(({ cost }) => cost === least) : chosen
}

/** The files of the whole work tree, or of the paths given; with --all, then the keys without one. */
function* chosenContents(annex: Annex, given: SyncGiven): Iterable<Found> {
  const { workTree } = annex.repository
  const paths = given['content-of']
  const choose = (words: readonly string[], all: boolean) =>
    seek(annex, { words, matching: [], options: { all } })
  if (workTree === undefined) {
    for (const found of choose([], true)) if (found) yield found
    return
  }
  const seen = new Set<string>()
  for (const found of choose(paths.length > 0 ? paths : wholeTree(annex), false)) {
    if (!found) continue
    if (given.all) seen.add(found.keyText)
    yield found
  }
  if (!given.all) return
  for (const found of choose([], true)) if (found && !seen.has(found.keyText)) yield found
}

/** The words that mean all files, wherever one is. */
export function wholeTree({ cwd, repository: { workTree } }: Annex): readonly string[] {
  return workTree === undefined || cwd === workTree ? [] : [bytesToText(relative(cwd, workTree))]
}

class ContentMover {
  readonly #annex: Annex
  readonly #remotes: readonly Remote[]
  readonly #plan: SyncPlan
  readonly #dropper: Dropper
  readonly #choice: AutoChoice
  readonly #wanted: ReadonlyMap<Uuid, Wanted>
  /** The repositories that may want to be rid of something, ours first. */
  readonly #droppers: readonly ('here' | Remote)[]

  constructor(
    annex: Annex,
    remotes: readonly Remote[],
    { plan, given }: { plan: SyncPlan; given: SyncGiven },
  ) {
    this.#annex = annex
    this.#remotes = remotes
    this.#plan = plan
    this.#dropper = new Dropper(annex, given)
    this.#choice = new AutoChoice(annex, this.#dropper.policy)
    const uuids = [annex.uuid, ...remotes.map(({ uuid }) => uuid)]
    this.#wanted = new Map(uuids.map((uuid) => [uuid, compileWanted(annex, uuid)]))
    const hasWish = (uuid: Uuid) => compileKept(annex, uuid) !== undefined
    this.#droppers = [
      ...(plan.gets && hasWish(annex.uuid) ? (['here'] as const) : []),
      ...(plan.sends ? remotes.filter((remote) => this.#isTarget(remote)) : []).filter(({ uuid }) =>
        hasWish(uuid),
      ),
    ]
  }

  /** Tells the remotes what they are going to be sent. */
  announce(items: readonly Found[]): void {
    if (!this.#plan.sends) return
    for (const remote of this.#remotes) {
      if (!remote.expectStores || !this.#isTarget(remote)) continue
      const isWanted = this.#wanted.get(remote.uuid)!
      const lacking = items.filter((found) => this.#lacks(found, remote) && isWanted(found))
      announceSends(this.#annex, remote, new Set(lacking.map(({ keyText }) => keyText)))
    }
  }

  *actions(found: Found): Iterable<Action> {
    const { store, uuid } = this.#annex
    const { keyText } = found
    let isHere = store.has(keyText)
    if (!isHere && this.#plan.gets && this.#wanted.get(uuid)!(found)) {
      const sources = remotesWith(this.#annex, keyText, this.#remotes)
      isHere = sources.length > 0
      if (isHere) yield getAction(this.#annex, found, sources)
    }
    if (isHere && this.#plan.sends)
      for (const remote of this.#remotes)
        if (this.#lacks(found, remote) && this.#wanted.get(remote.uuid)!(found))
          yield copyAction(this.#annex, found, remote)
    for (const place of this.#droppers)
      if (this.#mayHave(found, place)) yield this.#dropAction(found, place)
  }

  #isTarget({ name, isReadOnly }: Remote): boolean {
    const pushes = this.#annex.config.getBoolean(`remote.${bytesFromText(name)}.annex-push`)
    return !isReadOnly && pushes !== false
  }

  /** By our records; a repository that has it all the same is found out when it is asked. */
  #lacks({ keyText }: Found, remote: Remote): boolean {
    return this.#isTarget(remote) && !this.#annex.branch.locations(keyText).includes(remote.uuid)
  }

  #mayHave({ keyText }: Found, place: 'here' | Remote): boolean {
    if (place === 'here') return this.#annex.store.has(keyText)
    return this.#annex.branch.locations(keyText).includes(place.uuid)
  }

  /** Decides when the transfers before it are done: they may have made the copies that allow it. */
  #dropAction(found: Found, place: 'here' | Remote): Action {
    const from = place === 'here' ? this.#annex.uuid : place.uuid
    const drop = () =>
      place === 'here' ? this.#dropper.here(found) : this.#dropper.from(found, place)
    return {
      command: place === 'here' ? 'drop' : `drop ${place.name}`,
      item: found,
      perform: (ui) => {
        const action = this.#choice.isToGo(found, from) ? drop() : undefined
        if (action) return action.perform(ui)
        ui.omit()
        return true
      },
    }
  }
}

function getAction(annex: Annex, found: Found, sources: readonly Remote[]): Action {
  return {
    command: 'get',
    item: found,
    async perform(ui) {
      const { path: file, keyText } = found
      const destination = hereAsDestination(annex, { force: false })
      const { from } = await fetchContent(keyText, sources, { destination, ui, file })
      return from !== undefined
    },
  }
}

function copyAction(annex: Annex, found: Found, remote: Remote): Action {
  return {
    command: 'copy',
    item: found,
    async perform(ui) {
      // It was to come here before, and did not.
      if (!annex.store.has(found.keyText)) {
        ui.omit()
        return true
      }
      ui.note(`to ${remote.name}...`)
      try {
        const options = { origin: annex, ui, file: found.path }
        if (await takeSentAhead(found.keyText, remote, options)) return true
        await sendContent(found.keyText, remote, options)
        return true
      } catch (error) {
        if (!isAnnexError(error)) throw error
        ui.warning(error.message)
        return false
      }
    },
  }
}
