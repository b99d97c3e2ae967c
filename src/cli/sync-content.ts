/**
 * `sync --content`: every annexed file's content comes here and goes to every remote of the sync that
 * lacks it, as far as they want it: without preferred content, everybody wants everything.
 */
import { isAnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import { fetchContent } from '../transfer/fetch.js'
import { sendContent } from '../transfer/send.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import { type Found, seek } from './seek.js'
import { hereAsDestination, remotesWith } from './transfer-context.js'
import { compileWanted } from './wanted-content.js'

/** The transfers between here and the remotes. @param names the remotes that take part */
export async function* syncContent(annex: Annex, names: readonly string[]): AsyncIterable<Action> {
  const remotes = (await annex.remotes()).filter(
    (remote) => names.includes(remote.name) && !remote.isIgnored,
  )
  const isBare = annex.repository.workTree === undefined
  const wantedHere = compileWanted(annex, annex.uuid)
  const wantedThere = new Map(remotes.map(({ uuid }) => [uuid, compileWanted(annex, uuid)]))
  for (const found of seek(annex, { words: [], matching: [], options: { all: isBare } })) {
    if (!found) continue
    let isHere = annex.store.has(found.keyText)
    if (!isHere && wantedHere(found)) {
      const sources = remotesWith(annex, found.keyText, remotes)
      isHere = sources.length > 0
      if (isHere) yield getAction(annex, found, sources)
    }
    if (!isHere) continue
    for (const remote of remotes)
      if (lacks(annex, found, remote) && wantedThere.get(remote.uuid)!(found))
        yield copyAction(annex, found, remote)
  }
}

/** By our records; a repository that has it all the same is found out when it is asked. */
function lacks(annex: Annex, { keyText }: Found, remote: Remote): boolean {
  return !remote.isReadOnly && !annex.branch.locations(keyText).includes(remote.uuid)
}

function getAction(annex: Annex, found: Found, sources: readonly Remote[]): Action {
  return {
    command: 'get',
    item: found,
    async perform(ui) {
      const destination = hereAsDestination(annex, { force: false })
      const { from } = await fetchContent(found.keyText, sources, {
        destination,
        ui,
        file: found.path,
      })
      return from !== undefined
    },
  }
}

function copyAction(annex: Annex, found: Found, remote: Remote): Action {
  return {
    command: 'copy',
    item: found,
    async perform(ui) {
      // It was to come here before, and did not.
      if (!annex.store.has(found.keyText)) {
        ui.silent()
        return true
      }
      ui.note(`to ${remote.name}...`)
      try {
        await sendContent(found.keyText, remote, { origin: annex, ui, file: found.path })
        return true
      } catch (error) {
        if (!isAnnexError(error)) throw error
        ui.warning(error.message)
        return false
      }
    },
  }
}
