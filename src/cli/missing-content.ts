/**
 * What to say when content cannot be had, or not be given up: who has it and what to do.
 * Implements spec: CLI, section 7; numcopies, section 3.2.
 */
import type { Bytes } from '../model/bytes.js'
import { type Uuid, WEB_UUID } from '../model/uuid.js'
import { trustOf } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import type { Annex } from './annex.js'
import type { ItemUi } from './command.js'
import { RepositoryNames } from './repository-list.js'

export interface WhereToLook {
  readonly keyText: Bytes
  /** Remotes that were tried or asked in vain. */
  readonly unreachable: readonly Remote[]
  /** Repositories that were counted already, or are known not to have it after all. */
  readonly except?: Iterable<Uuid>
  /** What to say when no other repository is known to have it; empty: nothing. */
  readonly nowhere: string
}

/** Tells which repositories may have the content; JSON gets them as `wanted`. */
export async function tellWhereToLook(annex: Annex, ui: ItemUi, place: WhereToLook): Promise<void> {
  const { keyText, unreachable, nowhere } = place
  const except = new Set([annex.uuid, WEB_UUID, ...(place.except ?? [])])
  const names = await RepositoryNames.read(annex)
  const candidates = annex.branch
    .locations(keyText)
    .filter((uuid) => !except.has(uuid))
    .filter((uuid) => trustOf(uuid, annex.trust) !== 'dead')
  const isUntrusted = (uuid: Uuid) => trustOf(uuid, annex.trust) === 'untrusted'
  const trusted = candidates.filter((uuid) => !isUntrusted(uuid))
  if (unreachable.length > 0)
    ui.longNote(`Unable to access these remotes: ${unreachable.map(({ name }) => name).join(', ')}`)
  const tell = (heading: string, uuids: readonly Uuid[]) => {
    if (uuids.length > 0) ui.advice(`${heading}\n${names.block(uuids)}`)
  }
  tell(
    'Try making some of these remotes available:',
    trusted.filter((uuid) => names.isRemote(uuid)),
  )
  tell(
    'Maybe add some of these git remotes (git remote add ...):',
    trusted.filter((uuid) => !names.isRemote(uuid)),
  )
  tell('Also these untrusted repositories may contain the file:', candidates.filter(isUntrusted))
  if (candidates.length === 0 && nowhere !== '') ui.advice(nowhere)
  ui.field(
    'wanted',
    trusted.map((uuid) => names.object(uuid)),
  )
  await tellIgnored(annex, ui, candidates)
}

async function tellIgnored(annex: Annex, ui: ItemUi, candidates: readonly Uuid[]): Promise<void> {
  const ignored = (await annex.remotes()).filter(
    (remote) => remote.isIgnored && candidates.includes(remote.uuid),
  )
  if (ignored.length > 0)
    ui.advice(
      `(Note that these git remotes have annex-ignore set: ${ignored.map(({ name }) => name).join(' ')})`,
    )
}
