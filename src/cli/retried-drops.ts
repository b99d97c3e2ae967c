/**
 * `drop --retry`: the drops that were refused for want of copies, tried again. Each is tried once, and
 * those that have become pointless (the content is gone from there) are forgotten without a word.
 */
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import type { RefusedDrop } from '../transfer/refused-drops.js'
import type { Annex } from './annex.js'
import type { Action } from './command.js'
import type { Dropper } from './dropper.js'
import { foundOfKey } from './found-of-key.js'
import { RepositoryNames } from './repository-list.js'
import { type Choice, seek } from './seek.js'
import { refusedDrops } from './to-do-notes.js'
import { namedRemote } from './transfer-context.js'

/** What `drop --retry` was given: paths and options narrow down what is tried. */
export interface RetryChoice extends Choice {
  readonly options: Choice['options'] & { readonly from?: string | undefined }
}

/** The remembered drops as actions. */
export async function* retriedDrops(
  annex: Annex,
  dropper: Dropper,
  choice: RetryChoice,
): AsyncIterable<Action | undefined> {
  const refused = refusedDrops(annex)
  const isChosen = await chooser(annex, choice)
  for (const drop of refused.list()) if (isChosen(drop)) yield await retry(annex, dropper, drop)
}

async function chooser(annex: Annex, choice: RetryChoice): Promise<(drop: RefusedDrop) => boolean> {
  const { words, matching, options } = choice
  const { from, all, branch, unused, key } = options
  if (options.batch || options['batch-keys'])
    throw new AnnexError('USAGE', 'Cannot combine --retry with --batch')
  const place = from === undefined ? undefined : await namedRemote(annex, from)
  const uuid = place === 'here' ? annex.uuid : place?.uuid
  const isNarrow = words.length + matching.length > 0 || all || branch || unused || key
  const keys = new Set<string>()
  if (isNarrow) for (const found of seek(annex, choice)) if (found) keys.add(found.keyText)
  return (drop) => (uuid ?? drop.from) === drop.from && (!isNarrow || keys.has(drop.keyText))
}

async function retry(
  annex: Annex,
  dropper: Dropper,
  { from, keyText }: RefusedDrop,
): Promise<Action | undefined> {
  const found = foundOfKey(annex, keyText)
  if (from === annex.uuid) return dropper.here(found)
  const remote = (await annex.remotes()).find(({ uuid }) => uuid === from)
  if (remote) return dropper.from(found, remote)
  return { command: 'drop', item: found, perform: () => refuseUnknown(annex, from) }
}

async function refuseUnknown(annex: Annex, uuid: Uuid): Promise<boolean> {
  const names = await RepositoryNames.read(annex)
  throw new AnnexError(
    'REMOTE_UNKNOWN',
    `Cannot drop from ${names.line(uuid)}: it is no remote of this repository any more`,
    { hint: 'git remote add it again' },
  )
}
