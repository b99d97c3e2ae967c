/** What a file system can do, found out by trying. Implements spec: repository layout, 2.2 step 4. */
import type { Bytes } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'
import * as files from './files.js'

export type FileSystemKind = 'ordinary' | 'crippled' | 'read-only'

/**
 * Tries symbolic links and write protection in a directory.
 * @param dir exists; nothing is left behind in it
 */
export function probeFileSystem(dir: Bytes): FileSystemKind {
  const file = `${dir}/probe-${process.pid}`
  const link = `${file}.link`
  try {
    files.writeFile(file, '')
    files.symlink(file, link)
    files.chmod(file, 0o444)
    return (Number(files.lstat(file)!.mode) & 0o222) === 0 ? 'ordinary' : 'crippled'
  } catch (error) {
    if (isErrno(error, 'EROFS', 'EACCES')) return 'read-only'
    if (isErrno(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EINVAL')) return 'crippled'
    throw error
  } finally {
    if (files.exists(file)) {
      files.remove(link)
      files.remove(file)
    }
  }
}
