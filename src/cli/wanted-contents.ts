/** What `want` has noted and is not here yet. */
import { parseKey } from '../model/key.js'
import type { Annex } from './annex.js'
import { foundOfKey } from './found-of-key.js'
import type { Found } from './seek.js'
import { wantedKeys } from './to-do-notes.js'

/** The wanted contents, in the order in which they were noted; what has come meanwhile is forgotten. */
export function* wantedContents(annex: Annex): Iterable<Found> {
  const wanted = wantedKeys(annex)
  for (const keyText of wanted.list()) {
    if (annex.store.has(keyText) || !parseKey(keyText)) wanted.forget(keyText)
    else yield foundOfKey(annex, keyText)
  }
}
