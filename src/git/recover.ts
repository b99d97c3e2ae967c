/**
 * Getting missing git objects back: from remotes, and from the work tree; and giving up what cannot be
 * had: branches go back to where they were whole, the index loses the files.
 */
import { type Bytes, bytesToText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { runSync } from '../platform/subprocess.js'
import type { GitConfig } from './config.js'
import { findMissing, isWhole, repairDir } from './damage.js'
import { readIndexEntries } from './index-file.js'
import { objectFormat } from './object-format.js'
import { listRefs, type Ref } from './refs.js'
import { absolute, openRepositoryAt, type Repository } from './repository.js'
import { git, gitEnv, gitOutput } from './run.js'

const ANY_STATUS = Array.from({ length: 256 }, (_, i) => i)

/**
 * Fetches all that a remote has into a repository of its own, since git does not ask for what it
 * believes to have, and takes the packs over.
 * @returns false when the remote cannot be reached
 */
export function takeObjectsOf(repository: Repository, config: GitConfig, remote: Bytes): boolean {
  const url = config.get(`remote.${remote}.url`)
  if (url === undefined) return false
  const place = /^\.\.?(\/|$)/.test(url)
    ? absolute(repository.workTree ?? repository.gitDir, url)
    : url
  const path = `${repairDir(repository)}/fetched`
  files.removeTree(path)
  const format = `--object-format=${objectFormat(repository)}`
  runSync(['git', 'init', '-q', '--bare', format, bytesToText(path)], { env: gitEnv() })
  try {
    const fetched = openRepositoryAt(path)
    if (!fetched) return false
    const args = ['fetch', '-q', '--end-of-options', bytesToText(place), '+refs/*:refs/*']
    if (git(fetched, args, { okStatus: ANY_STATUS }).status !== 0) return false
    git(fetched, ['repack', '-adq'])
    const packs = `${repository.commonDir}/objects/pack`
    files.makeDirs(packs)
    // The index comes last: without it, git does not see the pack.
    const names = files.listDir(`${path}/objects/pack`).map(({ name }) => name)
    for (const name of [...names].sort(
      (a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')),
    ))
      files.rename(`${path}/objects/pack/${name}`, `${packs}/${name}`)
    return true
  } finally {
    files.removeTree(path)
  }
}

/** Stores files of the work tree anew whose blobs are missing. Those that were modified do not help. */
export function storeFromWorkTree(repository: Repository, missing: ReadonlySet<Bytes>): void {
  const { workTree } = repository
  if (workTree === undefined) return
  for (const { path, oid, mode } of readableEntries(repository)) {
    if (!missing.has(oid)) continue
    const file = `${workTree}/${path}`
    const isLink = mode === 0o120000
    const target = isLink ? files.readLink(file) : undefined
    if (isLink ? target === undefined : !files.lstat(file)?.isFile()) continue
    const args = isLink
      ? ['hash-object', '-w', '--stdin']
      : ['hash-object', '-w', `--path=${bytesToText(path)}`, '--', bytesToText(file)]
    git(repository, args, {
      okStatus: ANY_STATUS,
      ...(target !== undefined && { input: Buffer.from(target, 'latin1') }),
    })
  }
}

/** The entries of the index; none when it cannot be read. */
function readableEntries(repository: Repository) {
  try {
    return readIndexEntries(repository)
  } catch (error) {
    if (isAnnexError(error)) return []
    throw error
  }
}

/** What was given up. */
export interface GivenUp {
  /** Branches of remotes, to be fetched again. */
  readonly tracking: readonly Bytes[]
  /** Local branches that are at an older commit now. */
  readonly reset: readonly Bytes[]
  /** Local branches of which nothing whole was left. */
  readonly deleted: readonly Bytes[]
  /** Files that the index has no more. */
  readonly files: readonly Bytes[]
}

/** Makes branches and the index whole again without what is missing. */
export function giveUp(repository: Repository): GivenUp {
  const broken = listRefs(repository).filter(({ oid }) => !isWhole(repository, oid))
  const isTracking = ({ name }: Ref) => /^refs\/(remotes|synced)\//.test(name)
  const tracking = broken.filter(isTracking)
  for (const { name } of tracking) deleteRef(repository, name)
  const [reset, deleted]: [Bytes[], Bytes[]] = [[], []]
  for (const { name, oid } of broken.filter((ref) => !isTracking(ref))) {
    const whole = lastWhole(repository, name, oid)
    if (whole === undefined) deleteRef(repository, name)
    else git(repository, ['update-ref', bytesToText(name), bytesToText(whole)])
    ;(whole === undefined ? deleted : reset).push(name)
  }
  return {
    tracking: tracking.map(({ name }) => name),
    reset,
    deleted,
    files: forgetFiles(repository),
  }
}

function deleteRef(repository: Repository, name: Bytes): void {
  git(repository, ['update-ref', '-d', bytesToText(name)], { okStatus: ANY_STATUS })
}

/** The newest commit that is whole, among the ancestors and in what the reflog remembers. */
function lastWhole(repository: Repository, name: Bytes, oid: Bytes): Bytes | undefined {
  const list = (args: readonly string[]) =>
    gitOutput(repository, args, { okStatus: ANY_STATUS }).split('\n').filter(Boolean)
  const ancestors = list(['rev-list', '--end-of-options', bytesToText(oid)])
  const remembered = list(['reflog', 'show', '--format=%H', bytesToText(name)])
  return [...ancestors, ...remembered].find((commit) => isWhole(repository, commit))
}

/** Takes files out of the index whose blobs are missing; an index that cannot be read goes aside. */
function forgetFiles(repository: Repository): Bytes[] {
  const { indexFile } = repository
  if (!files.exists(indexFile)) return []
  let entries: ReturnType<typeof readIndexEntries>
  try {
    entries = readIndexEntries(repository)
  } catch (error) {
    if (!isAnnexError(error)) throw error
    files.rename(indexFile, `${repairDir(repository)}/index`)
    return []
  }
  const missing = findMissing(repository, new Set(entries.map(({ oid }) => oid)))
  const paths = entries.filter(({ oid }) => missing.has(oid)).map(({ path }) => path)
  if (paths.length > 0)
    git(repository, ['update-index', '--force-remove', '-z', '--stdin'], {
      input: Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'),
    })
  return paths
}
