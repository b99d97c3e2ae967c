/**
 * Removing content: the one place that deletes an annex object, and it wants a proof.
 * Implements spec: numcopies and drop safety, section 9.
 */
import type { DropProof } from '../model/drop-proof.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { ContentLock } from './content-lock.js'
import type { ObjectStore } from './object-store.js'

/**
 * Removes the content of a key.
 * @param lock an exclusive lock on that content
 * @param proof that enough other copies exist; made for this key
 * @throws AnnexError CONTENT_LOCKED when a retention time has not passed or the proof is too old
 */
export function removeContent(store: ObjectStore, lock: ContentLock, proof: DropProof): void {
  if (lock.kind !== 'exclusive' || proof.keyText !== lock.keyText)
    throw new Error('removeContent: the lock or the proof is for something else')
  if (proof.expiresMs !== undefined && Date.now() > proof.expiresMs)
    throw new AnnexError('CONTENT_LOCKED', 'Dropping took too long, and locks may have expired.')
  const { place } = lock
  refuseRetained(`${place.path}.rtm`)
  store.unfinished?.noteGoing(lock.keyText)
  store.withThawedDir(place, () => {
    files.remove(place.path)
    files.remove(`${place.path}.rtm`)
    files.remove(`${place.path}.rtl`)
  })
}

/** Newer git-annex promises content to its peers until the time written here (seconds since 1970). */
function refuseRetained(path: string): void {
  const text = files.readFile(path)?.toString('latin1')
  if (text === undefined) return
  const untilSeconds = Number.parseFloat(text)
  if (Number.isNaN(untilSeconds) || untilSeconds * 1000 > Date.now())
    throw new AnnexError('CONTENT_LOCKED', 'content is locked', {
      hint: 'Another repository relies on this copy for a few minutes; try again later',
    })
}
