/** Whether the repositories that must have a content are recorded to have it. */
import { bytesToText } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import type { Matchable } from './match-facts.js'
import { RepositoryNames } from './repository-list.js'
import { compileMustHave, type Wanted } from './wanted-content.js'

/** Reads the required content expressions once, for many files. Implements spec: CLI, section 11.1. */
export class RequiredCheck {
  readonly #annex: Annex
  #required: ReadonlyMap<Uuid, Wanted> | undefined

  constructor(annex: Annex) {
    this.#annex = annex
  }

  /**
   * @param found a file; of a key alone nothing can be said
   * @returns whether none lacks it; says who does
   */
  async check(found: Matchable, ui: ItemUi): Promise<boolean> {
    if (found.file === null || this.#all().size === 0) return true
    const locations = this.#annex.branch.locations(found.keyText)
    const missing = [...this.#all()]
      .filter(([uuid, mustHave]) => !locations.includes(uuid) && mustHave(found))
      .map(([uuid]) => uuid)
    if (missing.length === 0) return true
    const names = await RepositoryNames.read(this.#annex)
    ui.warning(
      `** Required content ${bytesToText(found.file)} is missing from these repositories:\n${names.block(missing)}`,
    )
    ui.field(
      'missingrequired',
      missing.map((uuid) => names.object(uuid)),
    )
    return false
  }

  #all(): ReadonlyMap<Uuid, Wanted> {
    this.#required ??= new Map(
      [...this.#annex.branch.uuidLog('required-content.log').keys()].sort().flatMap((uuid) => {
        const mustHave = compileMustHave(this.#annex, uuid)
        return mustHave ? [[uuid, mustHave] as const] : []
      }),
    )
    return this.#required
  }
}
