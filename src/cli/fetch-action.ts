/** The action of `get`: content from the cheapest remote that gives it. */
import type { Remote } from '../remotes/remote.js'
import { type Destination, fetchContent } from '../transfer/fetch.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { tellWhereToLook } from './missing-content.js'
import type { Found } from './seek.js'
import { wantedKeys } from './to-do-notes.js'
import { remotesWith } from './transfer-context.js'

/** Where content is to come from and go to. */
export interface FetchPlan {
  /** The one remote to ask, when the user named one. */
  readonly only: Remote | undefined
  readonly destination: Destination
}

/** Fetches the content of one item, or tells who may have it. */
export function fetchAction(annex: Annex, found: Found, { only, destination }: FetchPlan): Action {
  const { keyText } = found
  return {
    command: 'get',
    item: found,
    async perform(ui) {
      // Another file with the same content may have brought it meanwhile.
      if (annex.store.has(keyText)) return true
      const candidates = only ? [only] : remotesWith(annex, keyText, await annex.remotes())
      if (candidates.length === 0) ui.note('not available')
      const { from, failed } = await fetchContent(keyText, candidates, {
        destination,
        ui,
        file: found.path,
      })
      if (from) {
        wantedKeys(annex).forget(keyText)
        return true
      }
      await tellWhereToLook(annex, ui, {
        keyText,
        unreachable: failed,
        except: failed.map(({ uuid }) => uuid),
        nowhere: 'No other repository is known to contain the file.',
      })
      return false
    },
  }
}
