/**
 * What drops need: the numbers of copies wanted for a content, the base of every drop request, and
 * the words for a refusal. Implements spec: numcopies, sections 1 and 3.
 */
import { type Attributes, checkAttributes, mayHaveAttribute } from '../git/check-attr.js'
import { readIndexEntries } from '../git/index-file.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { type CopiesNeeded, type CopiesSources, resolveCopies } from '../policy/numcopies.js'
import { trustOf } from '../policy/trust.js'
import type { DropBase, DropOutcome } from '../transfer/drop.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { tellWhereToLook } from './missing-content.js'

const ATTRIBUTES = ['annex.numcopies', 'annex.mincopies'] as const
/** As many processes as would take as long as asking about some 10,000 files at once. */
const FEW = 10

/** The options that decide over drops. */
export interface DropSettings {
  readonly numcopies: number | undefined
  readonly mincopies: number | undefined
}

/** Answers how many copies each content needs; what all contents share is read once. */
export class CopiesPolicy {
  readonly #annex: Annex
  readonly #option: Partial<CopiesNeeded>
  readonly #recorded: Partial<CopiesNeeded>
  readonly #configured: number | undefined
  #mentions: boolean | undefined
  #questions = 0
  #known: ReadonlyMap<Bytes, Attributes> | undefined

  constructor(annex: Annex, { numcopies, mincopies }: DropSettings) {
    this.#annex = annex
    this.#option = definedCopies(numcopies, mincopies)
    this.#recorded = definedCopies(annex.branch.numcopies(), annex.branch.mincopies())
    this.#configured = configuredCopies(annex)
  }

  /** The numbers for one content: the greatest that any of its files asks for. */
  neededFor(keyText: Bytes): CopiesNeeded {
    return this.#resolve(this.#attributesOf(keyText))
  }

  /**
   * The numbers that one file asks for, whatever other files have its content: what fsck checks.
   * @param path relative to the top; undefined for a key alone
   */
  neededForFile(path: Bytes | undefined): CopiesNeeded {
    if (path === undefined || !this.#mayHaveAttributes()) return this.#resolve([])
    return this.#resolve(this.#attributesOfPaths([path]))
  }

  #resolve(attributes: CopiesSources['attributes'] & {}): CopiesNeeded {
    return resolveCopies({
      option: this.#option,
      recorded: this.#recorded,
      ...(this.#configured !== undefined && { configured: this.#configured }),
      attributes,
    })
  }

  /** Reads the attributes files once, for all annexed files. */
  #mayHaveAttributes(): boolean {
    const { repository, config, env, workTree } = this.#annex
    this.#mentions ??=
      repository.workTree !== undefined &&
      mayHaveAttribute(repository, {
        text: 'copies',
        paths: workTree.allPaths(),
        config,
        env,
        entries: readIndexEntries(repository),
      })
    return this.#mentions
  }

  /** Few contents are asked about one by one; for many, one process answers for all files. */
  #attributes(paths: readonly Bytes[]): ReadonlyMap<Bytes, Attributes> {
    if (this.#known) return this.#known
    const { repository, workTree } = this.#annex
    this.#questions++
    if (this.#questions <= FEW) return checkAttributes(repository, paths, ATTRIBUTES)
    this.#known = checkAttributes(repository, workTree.allPaths(), ATTRIBUTES)
    return this.#known
  }

  #attributesOf(keyText: Bytes): { numcopies?: string; mincopies?: string }[] {
    if (!this.#mayHaveAttributes()) return []
    return this.#attributesOfPaths(this.#annex.workTree.pathsOf(keyText))
  }

  #attributesOfPaths(paths: readonly Bytes[]): { numcopies?: string; mincopies?: string }[] {
    const answers = this.#attributes(paths)
    return paths.map((path) => {
      const values = answers.get(path)
      const numcopies = values?.['annex.numcopies']
      const mincopies = values?.['annex.mincopies']
      return { ...(numcopies && { numcopies }), ...(mincopies && { mincopies }) }
    })
  }
}

/** @throws AnnexError CONFIG_INVALID: to guess how many copies are wanted could cost the last one */
function configuredCopies({ config }: Annex): number | undefined {
  const text = config.get('annex.numcopies')
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) || undefined
  throw new AnnexError('CONFIG_INVALID', `Bad number "${bytesToText(text)}" for "annex.numcopies"`)
}

function definedCopies(
  numcopies: number | undefined,
  mincopies: number | undefined,
): Partial<CopiesNeeded> {
  return {
    ...(numcopies !== undefined && { numcopies }),
    ...(mincopies !== undefined && { mincopies }),
  }
}

/** Everything a drop of one content must know but from where. */
export async function dropBase(
  annex: Annex,
  keyText: Bytes,
  needed: CopiesNeeded,
): Promise<DropBase> {
  return {
    keyText,
    needed,
    locations: annex.branch.locations(keyText),
    trust: (uuid) => trustOf(uuid, annex.trust),
    remotes: await annex.remotes(),
    here: { uuid: annex.uuid, store: annex.store },
  }
}

const TRY_MOVE = 'Rather than dropping this file, try using: git annex move'

/** A drop that was refused for want of copies. */
export interface UnsafeDrop {
  readonly base: DropBase
  readonly outcome: DropOutcome
  /** The repository that was to lose its copy. */
  readonly from: Uuid
  /** Advice when no other repository may have the content. */
  readonly nowhere?: string
}

/** Says why a drop was refused and what would help. */
export async function tellUnsafe(
  annex: Annex,
  ui: ItemUi,
  { base, outcome, from, nowhere = TRY_MOVE }: UnsafeDrop,
): Promise<void> {
  const { keyText, needed } = base
  const { copies = [], unreachable = [], missing = [], lockless = [] } = outcome.evidence ?? {}
  const { numcopies, mincopies } = needed
  const proven = new Set(copies.map(({ uuid }) => uuid))
  ui.note('unsafe')
  if (proven.size < numcopies)
    ui.longNote(
      `Could only verify the existence of ${proven.size} out of ${numcopies} necessary ${numcopies === 1 ? 'copy' : 'copies'}`,
    )
  else tellUnlocked(ui, mincopies, lockless)
  await tellWhereToLook(annex, ui, {
    keyText,
    unreachable,
    except: [from, ...proven, ...missing.map(({ uuid }) => uuid)],
    nowhere,
  })
  ui.longNote('(Use --force to override this check, or adjust numcopies.)')
}

function tellUnlocked(
  ui: ItemUi,
  mincopies: number,
  lockless: readonly { readonly name: string }[],
): void {
  const copies = mincopies === 1 ? '1 copy' : `${mincopies} copies`
  ui.longNote(`Unable to lock down ${copies} of file necessary to safely drop it.`)
  ui.longNote(
    lockless.length > 0
      ? `These remotes do not support locking: ${lockless.map(({ name }) => name).join(', ')}`
      : '(This could have happened because of a concurrent drop, or because a remote has too old a version of git-annex-shell installed.)',
  )
}
