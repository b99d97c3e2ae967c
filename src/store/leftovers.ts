/**
 * Content that lies beside the objects: what `fsck` has put aside (`annex/bad`) and downloads that
 * were broken off (`annex/tmp`). Implements spec: numcopies, section 7.
 */
import { type Bytes, compareBytes } from '../model/bytes.js'
import { escapeKeyFile, formatKey, parseKeyFile } from '../model/key.js'
import { tryLock } from '../platform/file-lock.js'
import * as files from '../platform/files.js'
import type { ObjectStore } from './object-store.js'

export type LeftoverKind = 'bad' | 'tmp'

/**
 * Lists the keys of which something lies there, in the order of their bytes. What lies there of a key
 * whose content is present is of no use: it is removed.
 */
export function listLeftovers(store: ObjectStore, kind: LeftoverKind): Bytes[] {
  const busy = kind === 'tmp' ? keysInTransfer(store) : new Set<Bytes>()
  const keys: Bytes[] = []
  for (const { name, isFile } of files.listDir(`${store.annexDir}/${kind}`)) {
    const key = isFile ? parseKeyFile(name) : undefined
    if (!key) continue
    const keyText = formatKey(key)
    if (busy.has(keyText)) continue
    if (store.has(keyText)) removeLeftover(store, kind, keyText)
    else keys.push(keyText)
  }
  return keys.sort(compareBytes)
}

/** Removes what lies there of a key. */
export function removeLeftover(
  { annexDir }: ObjectStore,
  kind: LeftoverKind,
  keyText: Bytes,
): void {
  const path = leftoverPath(annexDir, kind, keyText)
  // Where external programs work on the content of a key, beside it.
  files.removeTree(`${path.slice(0, path.lastIndexOf('/'))}/work.${escapeKeyFile(keyText)}`)
  files.remove(path)
}

function leftoverPath(annexDir: Bytes, kind: LeftoverKind, keyText: Bytes): Bytes {
  return `${annexDir}/${kind}/${escapeKeyFile(keyText)}`
}

/** `transfer/DIRECTION/UUID/lck.KEYFILE` is locked while the transfer runs. */
const LOCK_NAME = /^lck\.(.+)$/s

/**
 * The keys that some process is transferring just now.
 * @param directions which of them to look at; default: both
 */
export function keysInTransfer(
  { annexDir }: ObjectStore,
  directions: readonly ('download' | 'upload')[] = ['download', 'upload'],
): Set<Bytes> {
  const keys = new Set<Bytes>()
  for (const direction of directions)
    for (const { name: repository } of files.listDir(`${annexDir}/transfer/${direction}`)) {
      const dir = `${annexDir}/transfer/${direction}/${repository}`
      for (const { name } of files.listDir(dir)) {
        const key = parseKeyFile(LOCK_NAME.exec(name)?.[1] ?? '')
        if (key && isLocked(`${dir}/${name}`)) keys.add(formatKey(key))
      }
    }
  return keys
}

function isLocked(path: Bytes): boolean {
  const lock = tryLock(path, 'shared')
  lock?.release()
  return lock === undefined
}
