/**
 * Tells why a removal was safe: as `proof` in JSON, as a note in brackets with --explain. Every
 * command that removes content tells it. Implements spec: numcopies, section 3.
 */
import type { CopyEvidence, DropProof } from '../model/drop-proof.js'
import type { CopiesNeeded } from '../policy/numcopies.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { RepositoryNames } from './repository-list.js'

/** The options that ask for reasons. */
export interface ReasonOptions {
  readonly explain: boolean
  readonly json: boolean
  readonly 'json-error-messages': boolean
}

const PHRASES: Readonly<Record<CopyEvidence, string>> = {
  locked: 'locked there meanwhile',
  trusted: 'trusted to have it',
  'recently verified': 'just seen there',
}

/** A removal that has happened, or is about to. */
export interface Removal {
  readonly proof: DropProof
  readonly needed: CopiesNeeded
}

export class DropReasons {
  readonly #annex: Annex
  readonly #explains: boolean
  readonly #isWanted: boolean
  #names: Promise<RepositoryNames> | undefined

  constructor(annex: Annex, options: ReasonOptions) {
    this.#annex = annex
    this.#explains = options.explain
    this.#isWanted = options.explain || options.json || options['json-error-messages']
  }

  /** Tells it to those who asked; nothing is read for the others. */
  async tell(ui: ItemUi, { proof, needed }: Removal): Promise<void> {
    if (!this.#isWanted) return
    this.#names ??= RepositoryNames.read(this.#annex)
    const names = await this.#names
    ui.fields(() => ({
      proof: {
        reason: proof.reason,
        ...needed,
        copies: proof.copies.map(({ uuid, evidence }) => ({ ...names.object(uuid), evidence })),
      },
    }))
    if (this.#explains) ui.advice(explain({ proof, needed }, names))
  }
}

function explain({ proof, needed }: Removal, names: RepositoryNames): string {
  const copies = proof.copies.map(
    ({ uuid, evidence }) => `${names.line(uuid)} (${PHRASES[evidence]})`,
  )
  const { numcopies, mincopies } = needed
  const reason = {
    forced: 'no copy was asked for (--force)',
    corrupt: 'what is there is not the content',
    moved: 'the number of copies stays the same',
    numcopies: `numcopies is ${numcopies}, mincopies is ${mincopies}`,
  }[proof.reason]
  const where = `Safe to remove from ${names.line(proof.from)}`
  return `[${[`${where}: ${reason}`, ...copies].join('; ')}]`
}
