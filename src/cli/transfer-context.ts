/** What commands that move content need, taken from the repository once. */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError } from '../model/errors.js'
import type { Remote } from '../remotes/remote.js'
import { diskReserve } from '../store/free-space.js'
import type { Destination } from '../transfer/fetch.js'
import type { Annex } from './annex.js'
import { RepositoryNames } from './repository-list.js'

/** Our repository as the place that content comes to. */
export function hereAsDestination(annex: Annex, { force }: { force: boolean }): Destination {
  const { uuid, store, branch, config, workTree } = annex
  return {
    uuid,
    store,
    branch,
    config,
    reserveBytes: force ? 0n : diskReserve(config),
    contentArrived: (keyText, content) => workTree.contentChanged(keyText, content),
  }
}

/**
 * The remote that `--from` or `--to` means.
 * @returns `here` for the current repository
 * @throws AnnexError REMOTE_UNKNOWN
 */
export async function namedRemote(annex: Annex, name: string): Promise<Remote | 'here'> {
  const remotes = await annex.remotes()
  const byName = remotes.find((remote) => remote.name === name)
  if (byName) return byName
  const uuid = (await RepositoryNames.read(annex)).find(name)
  if (uuid !== undefined && uuid === annex.uuid) return 'here'
  const byUuid = remotes.find((remote) => remote.uuid === uuid)
  if (byUuid) return byUuid
  throw new AnnexError('REMOTE_UNKNOWN', `there is no available git remote named "${name}"`, {
    hint: whyUnavailable(annex, name),
  })
}

function whyUnavailable({ config }: Annex, name: string): string {
  const url = config.get(`remote.${bytesFromText(name)}.url`)
  if (url === undefined) return 'git remote -v lists the remotes'
  const place = bytesToText(url).replace(/\/\/[^/@]*@/, '//')
  return `no annex was found at ${place}: if it can be reached, run git annex init there`
}

/**
 * Whether a remote that the user named is worth asking for a content: by the location log, but for
 * those who insist.
 */
export function mayHave(
  annex: Annex,
  keyText: Bytes,
  { remote, force }: { remote: Remote; force: boolean },
): boolean {
  return force || annex.branch.locations(keyText).includes(remote.uuid)
}

/**
 * The same, but a repository whose contents can be looked for in no time is asked when the log does not
 * name it.
 */
export async function isWorthAsking(
  annex: Annex,
  keyText: Bytes,
  { remote, force }: { remote: Remote; force: boolean },
): Promise<boolean> {
  if (mayHave(annex, keyText, { remote, force })) return true
  if (!remote.isQuick) return false
  try {
    return await remote.checkPresent(keyText)
  } catch (error) {
    if (!isAnnexError(error)) throw error
    return false
  }
}

/** The remotes that the location log names for a key, cheapest first, ignored ones left out. */
export function remotesWith(
  annex: Annex,
  keyText: Bytes,
  remotes: readonly Remote[],
): readonly Remote[] {
  const locations = new Set(annex.branch.locations(keyText))
  return remotes.filter((remote) => !remote.isIgnored && locations.has(remote.uuid))
}
