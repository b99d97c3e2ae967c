/**
 * How many copies are wanted, and whether enough are proven to remove one: the only place that mints
 * a {@link DropProof}. Pure decisions; asking the other repositories is `transfer/`'s work.
 * Implements spec: numcopies and drop safety, sections 1 and 3.
 */
import type { Bytes } from '../model/bytes.js'
import { type DropProof, mintDropProof, type VerifiedCopy } from '../model/drop-proof.js'
import type { Uuid } from '../model/uuid.js'

/** The two numbers for one content. */
export interface CopiesNeeded {
  /** Wished copies, each verified as well as possible. */
  readonly numcopies: number
  /** The hard floor, to be proven with locks. */
  readonly mincopies: number
}

/** Where the numbers come from, the first that is set wins, each on its own. */
export interface CopiesSources {
  readonly option?: Partial<CopiesNeeded>
  /** The attributes of every file with this content. */
  readonly attributes?: readonly { readonly numcopies?: string; readonly mincopies?: string }[]
  /** numcopies.log and mincopies.log. */
  readonly recorded?: Partial<CopiesNeeded>
  /** `annex.numcopies` of git's configuration. */
  readonly configured?: number
}

/** Resolves the two numbers; with several files the greatest of each counts. Never below 1. */
export function resolveCopies(sources: CopiesSources): CopiesNeeded {
  const { option, attributes = [], recorded, configured } = sources
  const general = {
    numcopies: recorded?.numcopies ?? configured ?? 1,
    mincopies: recorded?.mincopies ?? 1,
  }
  const pick = (name: keyof CopiesNeeded): number => {
    const forced = option?.[name]
    if (forced !== undefined) return Math.max(1, forced)
    const perFile = attributes.map((a) => parseCount(a[name]) ?? general[name])
    return Math.max(1, ...(perFile.length > 0 ? perFile : [general[name]]))
  }
  return { numcopies: pick('numcopies'), mincopies: pick('mincopies') }
}

/** A non-negative decimal integer; undefined for anything else, which is ignored. */
function parseCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** What is to be removed from where, and what is known about the other copies. */
export interface DropRequest {
  readonly keyText: Bytes
  readonly from: Uuid
  /** Whether the copy to go is our own, held under an exclusive lock. */
  readonly isLocal: boolean
  readonly needed: CopiesNeeded
  /** Distinct repositories other than `from`. */
  readonly copies: readonly VerifiedCopy[]
  /** When the first of the locks among them ends. */
  readonly expiresMs?: number
}

/**
 * Proves that a removal is safe.
 *
 * Local: the exclusive lock keeps others from counting our copy, so any evidence will do for
 * max(numcopies, mincopies) copies. From outside: mincopies of them must be locked or trusted.
 * @returns undefined when the copies do not suffice
 */
export function proveDrop(request: DropRequest): DropProof | undefined {
  const { keyText, from, needed, expiresMs } = request
  const copies = distinct(request.copies.filter((copy) => copy.uuid !== from))
  const firm = copies.filter((copy) => copy.evidence !== 'recently verified')
  const enough = request.isLocal
    ? copies.length >= Math.max(needed.numcopies, needed.mincopies)
    : copies.length >= needed.numcopies && firm.length >= needed.mincopies
  if (!enough) return undefined
  return mintDropProof({
    keyText,
    from,
    copies,
    reason: 'numcopies',
    ...(expiresMs !== undefined && { expiresMs }),
  })
}

/** One repository counts once, with its strongest evidence. */
function distinct(copies: readonly VerifiedCopy[]): VerifiedCopy[] {
  const strength = { locked: 2, trusted: 1, 'recently verified': 0 } as const
  const best = new Map<Uuid, VerifiedCopy>()
  for (const copy of copies) {
    const known = best.get(copy.uuid)
    if (!known || strength[copy.evidence] > strength[known.evidence]) best.set(copy.uuid, copy)
  }
  return [...best.values()]
}

/** The user insisted (`--force`): no copy is asked for. */
export function forceDrop(keyText: Bytes, from: Uuid): DropProof {
  return mintDropProof({ keyText, from, copies: [], reason: 'forced' })
}

/** A move, and the copy that stays. */
export interface MoveRequest {
  readonly keyText: Bytes
  readonly from: Uuid
  /** The new copy, or another that is held meanwhile. */
  readonly copy: VerifiedCopy
  /** When its lock ends, if it ends by itself. */
  readonly expiresMs?: number | undefined
}

/** A move that just made the other copy: the number of copies does not shrink (section 6). */
export function proveMove({ keyText, from, copy, expiresMs }: MoveRequest): DropProof {
  return mintDropProof({
    keyText,
    from,
    copies: [copy],
    reason: 'moved',
    ...(expiresMs !== undefined && { expiresMs }),
  })
}

/**
 * Content that was read from a repository and is not what its key says (fsck): it is no copy, so that
 * removing it loses none.
 */
export function proveCorrupt(keyText: Bytes, from: Uuid): DropProof {
  return mintDropProof({ keyText, from, copies: [], reason: 'corrupt' })
}
