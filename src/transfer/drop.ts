/**
 * Dropping content, here or at a remote: evidence first, then the removal, then the log. The only way
 * from "the user wants it gone" to `removeContent`. Implements spec: numcopies, section 4.
 */
import type { AnnexBranch } from '../branch/branch.js'
import type { DropProof, VerifiedCopy } from '../model/drop-proof.js'
import { AnnexError } from '../model/errors.js'
import { forceDrop, proveMove } from '../policy/numcopies.js'
import type { Remote } from '../remotes/remote.js'
import { lockContent } from '../store/content-lock.js'
import { removeContent } from '../store/remove.js'
import { prepareVerification } from '../store/verify.js'
import { collectDropEvidence, type DropEvidence, type ProveDropRequest } from './prove-drop.js'

/** How a drop is justified. */
export type Justification =
  | { readonly kind: 'numcopies' }
  | { readonly kind: 'forced' }
  /** A move that has just made a copy there: the number of copies does not shrink. */
  | { readonly kind: 'moved'; readonly to: Remote | 'here' }

/** The request of {@link collectDropEvidence} without what follows from the place of the drop. */
export type DropBase = Omit<ProveDropRequest, 'from' | 'isLocal'>

export interface DropOptions {
  readonly justification: Justification
  readonly branch: AnnexBranch
}

/** What came of it; evidence is there when the check was made. */
export interface DropOutcome {
  readonly dropped: boolean
  /** Why it was safe; undefined when nothing was dropped. */
  readonly proof: DropProof | undefined
  readonly evidence: Omit<DropEvidence, keyof AsyncDisposable> | undefined
}

/**
 * Drops our own copy.
 * @param contentGone makes the work tree follow; called right after the removal
 * @throws AnnexError CONTENT_LOCKED, CONTENT_MISSING
 */
export async function dropHere(
  base: DropBase,
  options: DropOptions & { readonly contentGone: () => void },
): Promise<DropOutcome> {
  const { keyText, here } = base
  // To tell the work tree files that hold the content from those that were modified.
  await prepareVerification(keyText)
  // Held while the others are asked: so nobody can count on our copy in the meantime.
  using lock = lockContent(here.store, keyText, 'exclusive')
  return await withProof(
    { ...base, from: here.uuid, isLocal: true },
    options.justification,
    async (proof) => {
      removeContent(here.store, lock, proof)
      options.branch.setPresence(keyText, here.uuid, false)
      options.contentGone()
    },
  )
}

/** Drops a remote's copy. @throws AnnexError REMOTE_UNAVAILABLE, CONTENT_LOCKED */
export async function dropFromRemote(
  base: DropBase,
  remote: Remote,
  { justification, branch }: DropOptions,
): Promise<DropOutcome> {
  // Not even if the remote has our own uuid: it is a copy of this repository, or this one by another way.
  const request = { ...base, from: remote.uuid, isLocal: false }
  return await withProof(request, justification, async (proof) => {
    refuseExpired(proof)
    await remote.remove(base.keyText, proof)
    branch.setPresence(base.keyText, remote.uuid, false)
  })
}

/** @throws AnnexError CONTENT_LOCKED when the locks that the proof relies on may be gone */
function refuseExpired({ expiresMs }: DropProof): void {
  if (expiresMs !== undefined && Date.now() > expiresMs)
    throw new AnnexError('CONTENT_LOCKED', 'Dropping took too long, and locks may have expired.')
}

type Remove = (proof: DropProof) => Promise<void>

/** Finds a proof and, while its locks are held, removes. */
async function withProof(
  request: ProveDropRequest,
  justification: Justification,
  remove: Remove,
): Promise<DropOutcome> {
  if (justification.kind === 'forced') {
    const proof = forceDrop(request.keyText, request.from)
    await remove(proof)
    return { dropped: true, proof, evidence: undefined }
  }
  if (justification.kind === 'moved') return await removeMoved(request, justification.to, remove)
  await using evidence = await collectDropEvidence(request)
  const { proof, copies, unreachable, missing, lockless } = evidence
  if (proof) await remove(proof)
  const dropped = proof !== undefined
  return { dropped, proof, evidence: { proof, copies, unreachable, missing, lockless } }
}

/**
 * Removes the old copy while the new one is held: a drop at the destination in the meantime must not
 * leave nothing. Our own old copy is held by the exclusive lock, so that nobody counts on it, and for
 * a destination that cannot lock it is enough to look. A remote's old copy may be what somebody who
 * drops the new one relies on: then a lock is needed, at the destination or here.
 */
async function removeMoved(
  request: ProveDropRequest,
  to: Remote | 'here',
  remove: Remove,
): Promise<DropOutcome> {
  const { keyText, from, isLocal, here } = request
  const removeWhile = (copy: VerifiedCopy, expiresMs?: number) =>
    removeWith(proveMove({ keyText, from, copy, expiresMs }), remove)
  const removeWhileHeldHere = async () => {
    using _lock = lockContent(here.store, keyText, 'shared')
    return await removeWhile({ uuid: here.uuid, evidence: 'locked' })
  }
  if (to === 'here') return await removeWhileHeldHere()
  const lock = await to.lockContent?.(keyText)
  try {
    if (lock) return await removeWhile({ uuid: to.uuid, evidence: 'locked' }, lock.expiresMs)
    if (!(await to.checkPresent(keyText))) return refusedMove([], to)
    const copy = { uuid: to.uuid, evidence: 'recently verified' } as const
    if (isLocal) return await removeWhile(copy)
    return here.store.has(keyText) ? await removeWhileHeldHere() : refusedMove([copy], to)
  } finally {
    await lock?.release()
  }
}

async function removeWith(proof: DropProof, remove: Remove): Promise<DropOutcome> {
  await remove(proof)
  return { dropped: true, proof, evidence: undefined }
}

function refusedMove(copies: readonly VerifiedCopy[], to: Remote): DropOutcome {
  const lockless = to.lockContent ? [] : [to]
  const missing = copies.length === 0 ? [to] : []
  const evidence = { proof: undefined, copies, unreachable: [], missing, lockless }
  return { dropped: false, proof: undefined, evidence }
}
