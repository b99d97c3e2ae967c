/** Objects that are work tree files as well (annex.thin), and making them the annex's own again. */
import { copyFile } from '../platform/copy.js'
import * as files from '../platform/files.js'
import type { ObjectPlace } from './layout.js'
import type { ObjectStore } from './object-store.js'
import { freezeObject } from './permissions.js'

const WRITE_BITS = 0o222n

/** Whether an object can be written to, and so changed without the annex. */
export function isWritableObject({ path }: ObjectPlace): boolean {
  const stat = files.stat(path)
  return stat !== undefined && (stat.mode & WRITE_BITS) !== 0n
}

/** Makes an object a read-only file that has no other name; the other names keep what they had. */
export function ownObject(store: ObjectStore, place: ObjectPlace): void {
  if (files.stat(place.path)!.nlink === 1n) {
    freezeObject(place.path, store.settings)
    return
  }
  const temp = store.temp.newPath()
  try {
    copyFile(place.path, temp)
    freezeObject(temp, store.settings)
    store.withThawedDir(place, () => files.rename(temp, place.path))
  } catch (error) {
    files.remove(temp)
    throw error
  }
}
