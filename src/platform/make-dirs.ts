/** Making directories where a whole repository may vanish meanwhile, with the drive that it is on. */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from './files.js'

/**
 * Makes a directory and its parents below a base.
 * @param base absolute; must be there: where a drive was taken out, nothing is made in its place
 * @throws ENOENT when the base is gone
 */
export function makeDirsIn(base: Bytes, path: Bytes): void {
  try {
    files.makeDir(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || !files.exists(base)) throw error
    files.makeDirs(path)
  }
}
