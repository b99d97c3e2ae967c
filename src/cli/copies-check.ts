/** Whether a content has the copies it needs, by the location log, and the words when it has not. */
import type { Bytes } from '../model/bytes.js'
import { bytesToText } from '../model/bytes.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { RepositoryNames } from './repository-list.js'

export interface CopiesCheck {
  readonly keyText: Bytes
  /** How the content is called: a path, or the key. */
  readonly name: Bytes
  /** Copies that are wished for (numcopies). */
  readonly needed: number
  /** No file has the content as far as was looked: it may be meant to be gone. */
  readonly isKeyOnly: boolean
}

/** @returns whether there are enough; what is wrong has been told */
export async function checkCopies(annex: Annex, ui: ItemUi, check: CopiesCheck): Promise<boolean> {
  const { keyText, name, needed, isKeyOnly } = check
  const log = annex.branch.locationLog(keyText)
  const locations = [...log].filter(([, { status }]) => status === '1').map(([uuid]) => uuid)
  const ofLevel = (...levels: readonly TrustLevel[]): Uuid[] =>
    locations.filter((uuid) => levels.includes(trustOf(uuid, annex.trust)))
  const safe = ofLevel('trusted', 'semitrusted')
  if (safe.length >= needed) return true
  if (log.size > 0 && [...log.values()].every(({ status }) => status === 'X')) {
    ui.longNote('This key is dead, skipping.')
    return true
  }
  const [untrusted, dead] = [ofLevel('untrusted'), ofLevel('dead')]
  const names = await RepositoryNames.read(annex)
  const text = { file: bytesToText(name), count: safe.length, needed }
  ui.warning(missingText(text, names.block(untrusted), names.block(dead)))
  if (isKeyOnly && safe.length === 0)
    // Its name stands at the head of the line already, and so git-annex leaves it out here.
    ui.longNote('(Avoid this check by running: git annex dead --key )')
  ui.fields(() => ({
    untrusted: untrusted.map((uuid) => names.object(uuid)),
    dead: dead.map((uuid) => names.object(uuid)),
  }))
  return false
}

/** git-annex's own words (spec: CLI, section 11.1). */
function missingText(
  { file, count, needed }: { file: string; count: number; needed: number },
  untrusted: string,
  dead: string,
): string {
  const graves = dead === '' ? '' : `\nThese dead repositories used to have copies\n${dead}`
  if (count > 0) {
    const rest =
      untrusted === ''
        ? ''
        : `\nThe following untrusted locations may also have copies: \n${untrusted}`
    return `Only ${count} of ${needed} trustworthy copies exist of ${file}\nBack it up with git-annex copy.${rest}`
  }
  if (untrusted === '') return `** No known copies exist of ${file}${graves}`
  return `Only these untrusted locations may have copies of ${file}\n${untrusted}\nBack it up to trusted locations with git-annex copy.${graves}`
}
