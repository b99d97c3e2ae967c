/**
 * The proof that a copy may be removed: an argument of every removal, so that an unsafe one does not
 * type-check. Only `policy/numcopies.ts` mints proofs; `test/architecture.test.ts` watches that.
 * Pure. Implements spec: numcopies and drop safety, section 3.
 */
import type { Bytes } from './bytes.js'
import type { Uuid } from './uuid.js'

/** How we know that a repository has the content, from strong to weak. */
export type CopyEvidence = 'locked' | 'trusted' | 'recently verified'

/** A repository other than the one dropped from, and how its copy was verified. */
export interface VerifiedCopy {
  readonly uuid: Uuid
  readonly evidence: CopyEvidence
}

declare const minted: unique symbol

/** Why it is safe to remove one key's content from one repository. */
export interface DropProof {
  readonly [minted]: true
  readonly keyText: Bytes
  readonly from: Uuid
  /** Empty when the user forced the removal or the content is not the key's. */
  readonly copies: readonly VerifiedCopy[]
  readonly reason: 'numcopies' | 'forced' | 'moved' | 'corrupt'
  /** Milliseconds since 1970 after which the locks may be gone; undefined: they last. */
  readonly expiresMs?: number
}

/** Makes a proof. To be called by `policy/numcopies.ts` alone. */
export function mintDropProof(fields: Omit<DropProof, typeof minted>): DropProof {
  return fields as DropProof
}
