/**
 * Damage of git's own objects: finding it, and putting what is broken aside, where git does not trip
 * over it. Nothing is deleted: it goes to `annexe-repair/` in the git directory.
 */
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { type Bytes, bytesToText } from '../model/bytes.js'
import * as files from '../platform/files.js'
import { readInfos } from './cat-file.js'
import { objectFormat } from './object-format.js'
import type { Repository } from './repository.js'
import { git } from './run.js'

const ANY_STATUS = Array.from({ length: 256 }, (_, i) => i)

/** What `git fsck` has to say. */
export interface FsckFindings {
  readonly isSound: boolean
  /** Every object that it mentions, whatever it says of it. */
  readonly mentioned: ReadonlySet<Bytes>
}

/** Runs `git fsck`. Its words depend on the language; the names of objects do not. */
export function runGitFsck(repository: Repository): FsckFindings {
  const args = ['fsck', '--full', '--no-dangling', '--no-reflogs', '--no-progress']
  const { status, stdout, stderr } = git(repository, args, { okStatus: ANY_STATUS })
  const said = `${stdout.toString('latin1')}${stderr.toString('latin1')}`
  // Loose objects are also told by their paths; packs have names of the same form.
  const joined = said
    .replaceAll(/pack-[0-9a-f]+/g, '')
    .replaceAll(/\b([0-9a-f]{2})\/([0-9a-f]{38}(?:[0-9a-f]{24})?)\b/g, '$1$2')
  const mentioned = joined.match(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g) ?? []
  return { isSound: status === 0, mentioned: new Set(mentioned) }
}

/** Those of some objects that git cannot find. */
export function findMissing(repository: Repository, oids: ReadonlySet<Bytes>): Set<Bytes> {
  const found = readInfos(repository, oids)
  return new Set([...oids].filter((oid) => !found.has(oid)))
}

/** Where what is broken is kept. */
export function repairDir({ commonDir }: Repository): Bytes {
  const dir = `${commonDir}/annexe-repair`
  files.makeDirs(dir)
  return dir
}

/**
 * Puts loose objects aside whose bytes are not what their names say.
 * @param suspects the objects to look at
 * @returns how many
 */
export function setCorruptAside(repository: Repository, suspects: ReadonlySet<Bytes>): number {
  const format = objectFormat(repository)
  let count = 0
  for (const oid of suspects) {
    const path = `${repository.commonDir}/objects/${oid.slice(0, 2)}/${oid.slice(2)}`
    const packed = files.readFile(path)
    if (packed === undefined || oidOf(packed, format) === oid) continue
    files.rename(path, `${repairDir(repository)}/${oid}`)
    count++
  }
  return count
}

/** The name that a loose object should have; undefined when it cannot even be unpacked. */
function oidOf(packed: Uint8Array, format: 'sha1' | 'sha256'): Bytes | undefined {
  try {
    return createHash(format).update(inflateSync(packed)).digest('hex')
  } catch {
    return undefined
  }
}

/**
 * Puts packs aside that are damaged, and unpacks what can be saved of them.
 * @returns how many
 */
export function explodeBadPacks(repository: Repository): number {
  const dir = `${repository.commonDir}/objects/pack`
  const packs = files.listDir(dir).filter(({ name }) => name.endsWith('.pack'))
  let count = 0
  for (const { name } of packs) {
    const stem = name.slice(0, -'.pack'.length)
    const args = ['verify-pack', bytesToText(`${dir}/${name}`)]
    if (git(repository, args, { okStatus: ANY_STATUS }).status === 0) continue
    const aside = repairDir(repository)
    for (const { name: other } of files.listDir(dir))
      if (other.startsWith(`${stem}.`)) files.rename(`${dir}/${other}`, `${aside}/${other}`)
    const input = files.readFile(`${aside}/${name}`)!
    git(repository, ['unpack-objects', '-q', '-r'], { input, okStatus: ANY_STATUS })
    count++
  }
  return count
}

/** Whether everything that a commit needs is there. */
export function isWhole(repository: Repository, commit: Bytes): boolean {
  const args = ['rev-list', '--objects', '--quiet', '--end-of-options', bytesToText(commit)]
  return git(repository, args, { okStatus: ANY_STATUS }).status === 0
}
