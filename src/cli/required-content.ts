/**
 * Content that a repository must keep, by its required content expression: no drop takes it away
 * but a forced one. Implements spec: numcopies, section 5.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import type { Matchable } from './match-facts.js'
import { compileRequired, type Wanted } from './wanted-content.js'

export class RequiredContent {
  readonly #annex: Annex
  readonly #required = new Map<Uuid, Wanted | undefined>()

  constructor(annex: Annex) {
    this.#annex = annex
  }

  /**
   * Whether a repository must keep a content for any of the files that have it; says so then.
   * @param found what was chosen: a file or a key
   */
  refuses(found: Matchable, from: Uuid, ui: ItemUi): boolean {
    const isRequired = this.#requiredBy(from)
    const reason = isRequired && this.#reason(found, isRequired)
    if (reason === undefined) return false
    ui.longNote(reason)
    ui.longNote('(Use --force to override this check, or adjust required content configuration.)')
    return true
  }

  /** Whether a repository must keep a content. */
  isRequired(found: Matchable, from: Uuid): boolean {
    const isRequired = this.#requiredBy(from)
    return isRequired !== undefined && this.#reason(found, isRequired) !== undefined
  }

  #requiredBy(uuid: Uuid): Wanted | undefined {
    if (!this.#required.has(uuid)) this.#required.set(uuid, compileRequired(this.#annex, uuid))
    return this.#required.get(uuid)
  }

  #reason(found: Matchable, isRequired: Wanted): string | undefined {
    if (isRequired(found)) return 'That file is required content. It cannot be dropped!'
    const { keyText } = found
    const twin = this.#annex.workTree
      .pathsOf(keyText)
      .find((path) => path !== found.path && isRequired(matchable(path, keyText)))
    if (twin === undefined) return undefined
    return `That file has the same content as another file (./${bytesToText(twin)}), which is required content. It cannot be dropped!`
  }
}

function matchable(path: Bytes, keyText: Bytes): Matchable {
  return { file: path, path, keyText, entry: undefined }
}
