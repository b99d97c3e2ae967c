/** Every object of a repository, by looking at the disk. */
import type { Bytes } from '../model/bytes.js'
import { formatKey, parseKeyFile } from '../model/key.js'
import * as files from '../platform/files.js'

/** `objects/HASH/HASH/KEYFILE`: no directory below is looked into. */
const MAX_DEPTH = 3

/**
 * The serialized keys whose content is here, in no order; both layouts of hash directories.
 * @param objectsDir absolute path of `annex/objects`
 */
export function* listObjectKeys(objectsDir: Bytes, depth = MAX_DEPTH): Generator<Bytes> {
  for (const { name, isDirectory } of files.listDir(objectsDir)) {
    if (!isDirectory) continue
    const dir = `${objectsDir}/${name}`
    const key = parseKeyFile(name)
    if (key) {
      if (files.exists(`${dir}/${name}`)) yield formatKey(key)
    } else if (depth > 1) yield* listObjectKeys(dir, depth - 1)
  }
}

/**
 * Every directory `…/KEYFILE` that holds its object, wherever it lies below `objects/`: by the name of
 * the directory, its absolute path.
 */
export function findObjectDirs(objectsDir: Bytes, depth = MAX_DEPTH): Map<Bytes, Bytes> {
  const found = new Map<Bytes, Bytes>()
  for (const { name, isDirectory } of files.listDir(objectsDir)) {
    if (!isDirectory) continue
    const dir = `${objectsDir}/${name}`
    if (parseKeyFile(name)) {
      if (files.exists(`${dir}/${name}`)) found.set(name, dir)
    } else if (depth > 1) {
      for (const [keyFile, place] of findObjectDirs(dir, depth - 1)) found.set(keyFile, place)
    }
  }
  return found
}
