/** What this repository is to remember: refused drops and wanted contents, read once a command. */
import { RefusedDrops } from '../transfer/refused-drops.js'
import { WantedKeys } from '../transfer/wanted-keys.js'
import type { Annex } from './annex.js'

interface Notes {
  refused?: RefusedDrops
  wanted?: WantedKeys
}

const notesOf = new WeakMap<Annex, Notes>()

function notes(annex: Annex): Notes {
  const known = notesOf.get(annex)
  if (known) return known
  const made: Notes = {}
  notesOf.set(annex, made)
  return made
}

/** The drops that were refused; saved when the command ends. */
export function refusedDrops(annex: Annex): RefusedDrops {
  const mine = notes(annex)
  if (!mine.refused) {
    const refused = new RefusedDrops(annex.repository.annexDir)
    annex.atEnd(() => refused.save())
    mine.refused = refused
  }
  return mine.refused
}

/** The contents that `want` has noted; saved when the command ends. */
export function wantedKeys(annex: Annex): WantedKeys {
  const mine = notes(annex)
  if (!mine.wanted) {
    const wanted = new WantedKeys(annex.repository.annexDir)
    annex.atEnd(() => wanted.save())
    mine.wanted = wanted
  }
  return mine.wanted
}
