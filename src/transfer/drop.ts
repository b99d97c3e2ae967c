/**
 * Dropping content, here or at a remote: evidence first, then the removal, then the log. The only way
 * from "the user wants it gone" to `removeContent`. Implements spec: numcopies, section 4.
 */
import type { AnnexBranch } from '../branch/branch.js'
import type { DropProof } from '../model/drop-proof.js'
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
export type DropBase = Omit<ProveDropRequest, 'from'>

export interface DropOptions {
  readonly justification: Justification
  readonly branch: AnnexBranch
}

/** What came of it; evidence is there when the check was made. */
export interface DropOutcome {
  readonly dropped: boolean
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
  return await withProof({ ...base, from: here.uuid }, options.justification, async (proof) => {
    removeContent(here.store, lock, proof)
    options.branch.setPresence(keyText, here.uuid, false)
    options.contentGone()
  })
}

/** Drops a remote's copy. @throws AnnexError REMOTE_UNAVAILABLE, CONTENT_LOCKED */
export async function dropFromRemote(
  base: DropBase,
  remote: Remote,
  { justification, branch }: DropOptions,
): Promise<DropOutcome> {
  return await withProof({ ...base, from: remote.uuid }, justification, async (proof) => {
    await remote.remove(base.keyText, proof)
    branch.setPresence(base.keyText, remote.uuid, false)
  })
}

/** Finds a proof and, while its locks are held, removes. */
async function withProof(
  request: ProveDropRequest,
  justification: Justification,
  remove: (proof: DropProof) => Promise<void>,
): Promise<DropOutcome> {
  if (justification.kind === 'forced') {
    await remove(forceDrop(request.keyText, request.from))
    return { dropped: true, evidence: undefined }
  }
  if (justification.kind === 'moved') {
    const dropped = await removeMoved(request, justification.to, remove)
    return { dropped, evidence: undefined }
  }
  await using evidence = await collectDropEvidence(request)
  const { proof, copies, unreachable, missing, lockless } = evidence
  if (proof) await remove(proof)
  const dropped = proof !== undefined
  return { dropped, evidence: { proof, copies, unreachable, missing, lockless } }
}

/**
 * Removes the old copy while the new one is held, where that can be done: a drop at the destination
 * in the meantime must not leave nothing.
 */
async function removeMoved(
  { keyText, from, here }: ProveDropRequest,
  to: Remote | 'here',
  remove: (proof: DropProof) => Promise<void>,
): Promise<boolean> {
  if (to === 'here') {
    using _lock = lockContent(here.store, keyText, 'shared')
    await remove(proveMove(keyText, from, here.uuid))
    return true
  }
  const lock = await to.lockContent?.(keyText)
  try {
    if (!lock && !(await to.checkPresent(keyText))) return false
    await remove(proveMove(keyText, from, to.uuid))
    return true
  } finally {
    await lock?.release()
  }
}
