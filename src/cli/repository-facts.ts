/** What `info` says about this repository, about a remote, and about any other repository. */
import { readIndexEntries } from '../git/index-file.js'
import { relative } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { unescapeKeyFile } from '../model/key.js'
import { presentItems } from '../model/logs/presence.js'
import { BITTORRENT_UUID, type Uuid, WEB_UUID } from '../model/uuid.js'
import * as files from '../platform/files.js'
import { trustOf } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import { diskReserve } from '../store/free-space.js'
import { listObjectKeys } from '../store/list-objects.js'
import { annexedFiles } from '../worktree/annexed-files.js'
import type { Annex } from './annex.js'
import { type Fact, KeyTally, listFact, type ShowSize } from './facts.js'
import type { RepositoryNames } from './repository-list.js'
import { transfersFact } from './transfer-facts.js'

export interface RepositoryQuestion {
  readonly names: RepositoryNames
  readonly show: ShowSize
  /** Leaves out what needs a look at every object or key. */
  readonly isFast: boolean
  /** Which keys count; only asked when it is not fast. */
  readonly counts: (keyText: Bytes) => boolean
}

/** This repository: who else there is, room, contents. */
export function* repositoryFacts(annex: Annex, question: RepositoryQuestion): Iterable<Fact> {
  const { names, show, isFast } = question
  const uuids = knownRepositories(annex)
  for (const level of ['trusted', 'semitrusted', 'untrusted'] as const) {
    const members = uuids.filter((uuid) => trustOf(uuid, annex.trust) === level)
    const objects = members.map((uuid) => names.object(uuid))
    yield listFact(`${level} repositories`, objects, names.block(members))
  }
  yield transfersFact(annex, names)
  yield { name: 'available local disk space', json: showRoom(annex, show) }
  if (!isFast) yield* storageFacts(annex, question)
}

/** Repositories that are marked as dead, which nothing else shows. */
export function deadRepositories(annex: Annex, names: RepositoryNames): Fact {
  const members = knownRepositories(annex).filter((uuid) => trustOf(uuid, annex.trust) === 'dead')
  const objects = members.map((uuid) => names.object(uuid))
  return listFact('dead repositories', objects, names.block(members))
}

function* storageFacts(annex: Annex, question: RepositoryQuestion): Iterable<Fact> {
  const { show, counts } = question
  const { annexDir } = annex.repository
  yield* staleFact('temporary object directory size', `${annexDir}/tmp`, show)
  yield* staleFact('bad keys size', `${annexDir}/bad`, show)
  const here = new KeyTally()
  for (const keyText of listObjectKeys(`${annexDir}/objects`))
    if (counts(keyText)) here.add(keyText)
  yield { name: 'local annex keys', json: here.count }
  yield { name: 'local annex size', json: here.showSize(show) }
  const all = new KeyTally()
  if (annex.repository.workTree !== undefined)
    for (const { keyText } of annexedFiles(readIndexEntries(annex.repository), annex.blobKeys))
      if (counts(keyText)) all.add(keyText)
  yield { name: 'annexed files in working tree', json: all.count }
  yield { name: 'size of annexed files in working tree', json: all.showSize(show) }
  const usage = [...all.backends].sort(([a], [b]) => (a < b ? -1 : 1))
  const lines = usage.map(([backend, count]) => `\n\t${backend}: ${count}`)
  yield { name: 'backend usage', json: Object.fromEntries(usage), text: lines.join('') }
}

/** What lies about in a directory of contents; nothing is said when there is nothing. */
function* staleFact(name: string, dir: Bytes, show: ShowSize): Iterable<Fact> {
  let sizeBytes = 0n
  for (const entry of files.listDir(dir))
    if (unescapeKeyFile(entry.name) !== undefined)
      sizeBytes += files.stat(`${dir}/${entry.name}`)?.size ?? 0n
  const size = show(sizeBytes)
  if (sizeBytes > 0n) yield { name, json: size, text: `${size} (clean up with git-annex unused)` }
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
  const url = annex.config.get(`remote.${bytesFromText(remote.name)}.url`)
  if (url !== undefined) yield { name: 'repository location', json: bytesToText(place(annex, url)) }
  if (url !== undefined) yield { name: 'last synced', json: lastSynced(annex, remote.name) }
  if (!question.isFast) yield* keyFacts(annex, remote.uuid, question)
}

/** Where a remote is, as seen from the current directory. */
function place({ repository, cwd }: Annex, url: Bytes): Bytes {
  if (url.startsWith('file://')) return url.slice('file://'.length)
  if (!/^\.\.?(\/|$)/.test(url)) return url
  return `${relative(cwd, repository.workTree ?? repository.gitDir) || '.'}/${url}`
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

function* keyFacts(annex: Annex, uuid: Uuid, { show, counts }: RepositoryQuestion): Iterable<Fact> {
  const tally = new KeyTally()
  for (const [keyText, log] of annex.branch.locationLogs())
    if (log.includes(uuid) && presentItems(log).includes(uuid) && counts(keyText))
      tally.add(keyText)
  yield { name: 'remote annex keys', json: tally.count }
  yield { name: 'remote annex size', json: tally.showSize(show) }
}
