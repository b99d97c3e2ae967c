/** What `info` says about this repository, about a remote, and about any other repository. */
import { readIndexEntries } from '../git/index-file.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { BITTORRENT_UUID, type Uuid, WEB_UUID } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { trustOf } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import { listObjectKeys } from '../store/list-objects.js'
import { isRunning } from '../transfer/running-transfer.js'
import { listNotes } from '../transfer/transfer-records.js'
import { annexedFiles } from '../worktree/annexed-files.js'
import type { Annex } from './annex.js'
import { diskReserve } from './disk-reserve.js'
import { type Fact, KeyTally, listFact, type ShowSize } from './facts.js'
import type { RepositoryNames } from './repository-list.js'

export interface RepositoryQuestion {
  readonly names: RepositoryNames
  readonly show: ShowSize
  /** Leaves out what needs a look at every object or key. */
  readonly isFast: boolean
}

/** This repository: who else there is, room, contents. */
export function* repositoryFacts(
  annex: Annex,
  question: RepositoryQuestion & { readonly remotes: readonly Remote[] },
): Iterable<Fact> {
  const { names, show, isFast, remotes } = question
  const uuids = knownRepositories(annex)
  for (const level of ['trusted', 'semitrusted', 'untrusted'] as const) {
    const members = uuids.filter((uuid) => trustOf(uuid, annex.trust) === level)
    const objects = members.map((uuid) => names.object(uuid))
    yield listFact(`${level} repositories`, objects, names.block(members))
  }
  yield transfersFact(annex, remotes)
  yield { name: 'available local disk space', json: showRoom(annex, show) }
  if (isFast) return
  const here = new KeyTally()
  for (const keyText of listObjectKeys(`${annex.repository.annexDir}/objects`)) here.add(keyText)
  yield { name: 'local annex keys', json: here.count }
  yield { name: 'local annex size', json: here.showSize(show) }
  if (annex.repository.workTree !== undefined) yield* workTreeFacts(annex, here, show)
}

/** What goes on now, here and in other programs. */
function transfersFact({ repository: { annexDir } }: Annex, remotes: readonly Remote[]): Fact {
  const running = (['upload', 'download'] as const)
    .flatMap((direction) => [...listNotes(annexDir, direction, 'running')])
    .filter((note) => isRunning(annexDir, note))
  const lines = running.map(({ direction, uuid, keyText, file }) => {
    const way = direction === 'upload' ? ['uploading', 'to'] : ['downloading', 'from']
    const remote = remotes.find((candidate) => candidate.uuid === uuid)?.name ?? bytesToText(uuid)
    return `\n\t${way[0]} ${bytesToText(file ?? keyText)} ${way[1]} ${remote}`
  })
  const json = running.map(({ direction, uuid, keyText, file }) => ({
    transfer: direction,
    key: bytesToText(keyText),
    file: file === undefined ? null : bytesToText(file),
    remote: bytesToText(uuid),
  }))
  return { name: 'transfers in progress', json, text: lines.join('') || 'none' }
}

function* workTreeFacts(annex: Annex, here: KeyTally, show: ShowSize): Iterable<Fact> {
  const all = new KeyTally()
  for (const { keyText } of annexedFiles(readIndexEntries(annex.repository), annex.blobKeys))
    all.add(keyText)
  yield { name: 'annexed files in working tree', json: all.count }
  yield { name: 'size of annexed files in working tree', json: all.showSize(show) }
  yield backendFact(here, all)
}

/** How many keys of each backend are here or in the work tree; most first. */
function backendFact(here: KeyTally, all: KeyTally): Fact {
  const usage = new Map(all.backends)
  for (const [backend, count] of here.backends)
    usage.set(backend, Math.max(count, usage.get(backend) ?? 0))
  const sorted = [...usage].sort(([, a], [, b]) => b - a)
  const lines = sorted.map(([backend, count]) => `\n\t${backend}: ${count}`)
  return { name: 'backend usage', json: Object.fromEntries(sorted), text: lines.join('') }
}

/** Everybody that the branch or our remotes know, ordered by uuid. */
function knownRepositories(annex: Annex): Uuid[] {
  const uuids = new Set<Uuid>([WEB_UUID, BITTORRENT_UUID, annex.uuid])
  for (const uuid of annex.branch.descriptions().keys()) uuids.add(uuid)
  for (const uuid of annex.branch.trustLevels().keys()) uuids.add(uuid)
  uuids.delete('')
  return [...uuids].sort()
}

function showRoom(annex: Annex, show: ShowSize): string {
  const reserve = diskReserve(annex.config)
  const free = files.freeBytes(annex.repository.gitDir) - reserve
  return `${show(free < 0n ? 0n : free)} (+${show(reserve)} reserved)`
}

/** A remote: who it is, how it is reached, what it has by the location logs. */
export function* remoteFacts(
  annex: Annex,
  remote: Remote,
  question: RepositoryQuestion,
): Iterable<Fact> {
  yield* identityFacts(annex, remote.uuid, question)
  yield { name: 'remote', json: remote.name }
  yield { name: 'cost', json: remote.cost.toFixed(1) }
  yield { name: 'type', json: remote.type }
  const location = annex.config.get(`remote.${bytesFromText(remote.name)}.url`)
  if (location !== undefined) yield { name: 'repository location', json: bytesToText(location) }
  yield { name: 'last synced', json: lastSynced(annex, remote.name) }
  if (!question.isFast) yield* keyFacts(annex, remote.uuid, question)
}

/** When one of the remote's branches was last fetched or pushed, by the times of their ref files. */
function lastSynced({ repository }: Annex, remoteName: string): string {
  const mtimeNs = newestFile(`${repository.commonDir}/refs/remotes/${bytesFromText(remoteName)}`)
  if (mtimeNs === 0n) return 'never'
  const [date, time] = new Date(Number(mtimeNs / 1_000_000n)).toISOString().split(/[T.]/)
  return `${date} ${time} UTC`
}

function newestFile(dir: Bytes): bigint {
  let newest = 0n
  for (const { name, isDirectory } of files.listDir(dir)) {
    const path = `${dir}/${name}`
    const mtimeNs = isDirectory ? newestFile(path) : (files.lstat(path)?.mtimeNs ?? 0n)
    if (mtimeNs > newest) newest = mtimeNs
  }
  return newest
}

/** A repository that is no remote of ours. */
export function* uuidFacts(annex: Annex, uuid: Uuid, question: RepositoryQuestion): Iterable<Fact> {
  yield* identityFacts(annex, uuid, question)
  if (!question.isFast) yield* keyFacts(annex, uuid, question)
}

function* identityFacts(annex: Annex, uuid: Uuid, { names }: RepositoryQuestion): Iterable<Fact> {
  yield { name: 'uuid', json: bytesToText(uuid) }
  yield { name: 'description', json: names.line(uuid).slice(`${bytesToText(uuid)} -- `.length) }
  yield { name: 'trust', json: trustOf(uuid, annex.trust) }
}

function* keyFacts(annex: Annex, uuid: Uuid, { show }: RepositoryQuestion): Iterable<Fact> {
  const tally = new KeyTally()
  for (const keyText of annex.branch.keysInBranch())
    if (annex.branch.locations(keyText).includes(uuid)) tally.add(keyText)
  yield { name: 'remote annex keys', json: tally.count }
  yield { name: 'remote annex size', json: tally.showSize(show) }
}
