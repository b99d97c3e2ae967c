/**
 * Lockdown: an object and its directory lose their write bits, so that no editor and no slip of a
 * script changes annexed content. Implements spec: repository layout, sections 5 and 7.
 */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from '../platform/files.js'
import type { StoreSettings } from './settings.js'

const WRITE_BITS = 0o222
/** A frozen directory, and one that content is being moved into or out of. */
const FROZEN_DIR = 0o555
const THAWED_DIR = 0o755

/** The mode an object gets: the source's without write bits, readable for those it is shared with. */
export function objectMode(sourceMode: number, settings: StoreSettings): number {
  const mode = (sourceMode & 0o777 & ~WRITE_BITS) | 0o400
  if (settings.sharing === 'group') return mode | 0o040
  return settings.sharing === 'all' ? mode | 0o044 : mode
}

/** Takes the write bits off an object file. */
export function freezeObject(path: Bytes, settings: StoreSettings): void {
  if (settings.crippled) return
  const mode = Number(files.stat(path)!.mode)
  const frozen = objectMode(mode, settings)
  if ((mode & 0o777) !== frozen) changeMode(path, frozen, settings)
}

/** Gives the owner of an object file the right to write: it is a work tree file as well. */
export function thawObject(path: Bytes, settings: StoreSettings): void {
  if (settings.crippled) return
  const mode = Number(files.stat(path)!.mode) & 0o777
  if ((mode & 0o200) === 0) changeMode(path, mode | 0o200, settings)
}

/** Freezes the directory that holds an object; shared repositories keep it writable. */
export function freezeDir(dir: Bytes, settings: StoreSettings): void {
  if (settings.crippled) return
  changeMode(
    dir,
    settings.sharing === 'umask' ? FROZEN_DIR : sharedDirMode(dir, settings),
    settings,
  )
}

/** Freezes such a directory unless it is frozen: to change a mode in vain costs a write of the disk. */
export function ensureDirFrozen(dir: Bytes, settings: StoreSettings): void {
  const mode = settings.sharing === 'umask' ? FROZEN_DIR : sharedDirMode(dir, settings)
  if ((Number(files.stat(dir)!.mode) & 0o777) !== (mode & 0o777)) freezeDir(dir, settings)
}

/** Makes the directory that holds an object writable. */
export function thawDir(dir: Bytes, settings: StoreSettings): void {
  if (settings.crippled) return
  changeMode(
    dir,
    settings.sharing === 'umask' ? THAWED_DIR : sharedDirMode(dir, settings),
    settings,
  )
}

/** As it was made, set-group-id included, with the rights of those that it is shared with. */
function sharedDirMode(dir: Bytes, { sharing }: StoreSettings): number {
  const mode = Number(files.stat(dir)!.mode) & 0o7777
  return mode | (sharing === 'all' ? 0o775 : 0o770)
}

/** In a shared repository the file may belong to somebody else: then its mode is theirs to keep. */
function changeMode(path: Bytes, mode: number, settings: StoreSettings): void {
  try {
    files.chmod(path, mode)
  } catch (error) {
    if (settings.sharing === 'umask' || !isErrno(error, 'EPERM', 'EACCES')) throw error
  }
}
