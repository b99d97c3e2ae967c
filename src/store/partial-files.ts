/**
 * Downloads that can be gone on with. While nobody is at one it lies in `annex/tmp/KEYFILE`, where
 * git-annex has it, so that either program goes on with what the other has begun.
 *
 * While we are at it, it lies in a directory of our process. The real program may begin to download the
 * same content from another remote: what it wrote into our file after we had looked at it would become
 * part of the object. Implements spec: transfer, section 5.
 */
import { parentDir } from '../git/repository.js'
import { type Bytes, compareBytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import { escapeKeyFile, formatKey, parseKeyFile } from '../model/key.js'
import { noteEntry, wasEmpty } from '../platform/empty-dirs.js'
import { isReadOnly } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import { makeAnnexDirs, makeDirsIn } from '../platform/make-dirs.js'
import { hasOpenWriters } from '../platform/open-writers.js'
import { isAbandoned, processTag } from '../platform/process.js'

/** How many downloads each directory of ours is for. */
const claimed = new Map<Bytes, number>()

/**
 * Takes the partial download of a key for this process. The caller holds the locks of the transfer.
 * @returns where it is, or is to be; absolute
 */
export function claimPartial(annexDir: Bytes, keyText: Bytes): Bytes {
  const dir = `${claimsDir(annexDir)}/${processTag()}`
  const path = `${dir}/${escapeKeyFile(keyText)}`
  makeDirsIn(parentDir(annexDir), dir)
  claimed.set(dir, (claimed.get(dir) ?? 0) + 1)
  const offered = offeredPath(annexDir, keyText)
  if (!isWrittenTo(offered)) moveIfThere(offered, path)
  // Somebody has opened it between the question and the move: it is theirs.
  if (isWrittenTo(path)) {
    files.rename(path, offered)
    noteEntry(`${annexDir}/tmp`)
  }
  return path
}

/** Gives back what has come so far of a claimed download; nothing when it has become an object. */
export function offerPartial(annexDir: Bytes, keyText: Bytes): void {
  const dir = `${claimsDir(annexDir)}/${processTag()}`
  offer(annexDir, `${dir}/${escapeKeyFile(keyText)}`, keyText)
  const left = (claimed.get(dir) ?? 1) - 1
  claimed.set(dir, left)
  // Another job of this process may be about to write there.
  if (left === 0) files.removeDir(dir)
}

/** Gives back what killed processes had claimed. Does nothing where the repository cannot be written. */
export function offerAbandonedPartials(annexDir: Bytes): void {
  const claims = claimsDir(annexDir)
  for (const { name } of files.listDir(claims)) {
    if (!isAbandoned(claims, name)) continue
    try {
      for (const { name: keyFile } of files.listDir(`${claims}/${name}`)) {
        const key = parseKeyFile(keyFile)
        if (key) offer(annexDir, `${claims}/${name}/${keyFile}`, formatKey(key))
      }
      files.removeTree(`${claims}/${name}`)
    } catch (error) {
      if (!isReadOnly(error)) throw error
    }
  }
}

/**
 * Removes what lies there of a download that was broken off; what somebody goes on with stays, and
 * perhaps what another process leaves in this very moment: the next command that wants it finds it.
 */
export function forgetPartial(annexDir: Bytes, keyText: Bytes): void {
  if (wasEmpty(`${annexDir}/tmp`)) return
  const offered = offeredPath(annexDir, keyText)
  if (files.exists(offered) && !isWrittenTo(offered)) files.remove(offered)
}

/** The keys of downloads that were broken off, in the order of their bytes. */
export function listOfferedPartials(annexDir: Bytes): Bytes[] {
  return files
    .listDir(`${annexDir}/tmp`)
    .flatMap(({ name, isFile }) => (isFile ? (parseKeyFile(name) ?? []) : []))
    .map(formatKey)
    .sort(compareBytes)
}

/** Absolute path of the partial download of a key, be somebody at it or not. */
export function findPartial(annexDir: Bytes, keyText: Bytes): Bytes | undefined {
  const claims = claimsDir(annexDir)
  const places = files
    .listDir(claims)
    .map(({ name }) => `${claims}/${name}/${escapeKeyFile(keyText)}`)
  return [...places, offeredPath(annexDir, keyText)].find((path) => files.exists(path))
}

function claimsDir(annexDir: Bytes): Bytes {
  return `${annexDir}/annexe/partial`
}

function offeredPath(annexDir: Bytes, keyText: Bytes): Bytes {
  return `${annexDir}/tmp/${escapeKeyFile(keyText)}`
}

/** The longer of two beginnings is the better one. */
function offer(annexDir: Bytes, claimed: Bytes, keyText: Bytes): void {
  const ours = files.stat(claimed)
  if (!ours) return
  const offered = offeredPath(annexDir, keyText)
  const theirs = files.stat(offered)
  if (theirs && (theirs.size >= ours.size || isWrittenTo(offered))) {
    files.remove(claimed)
    return
  }
  makeAnnexDirs(`${annexDir}/tmp`)
  moveIfThere(claimed, offered)
  noteEntry(`${annexDir}/tmp`)
}

function isWrittenTo(path: Bytes): boolean {
  return ifThere(() => hasOpenWriters(path)) ?? false
}

function moveIfThere(from: Bytes, to: Bytes): void {
  ifThere(() => files.rename(from, to))
}

/** The other program may take its file away at any moment. */
function ifThere<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    return undefined
  }
}
