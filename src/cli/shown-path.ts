/** Paths as people see them: relative to the current directory. */
import { topPath } from '../git/list-files.js'
import { join, type Repository, relative } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'

/**
 * Makes a function that shows paths.
 * @param cwd absolute current directory
 * @returns from a path relative to the top of the work tree to one relative to `cwd`
 */
export function pathShower(repository: Repository, cwd: Bytes): (path: Bytes) => Bytes {
  const top = repository.workTree ?? repository.gitDir
  const here = topPath(repository, cwd)
  if (here === '') return (path) => path
  const inside = here === undefined ? undefined : `${here}/`
  return (path) =>
    inside !== undefined && path.startsWith(inside)
      ? path.slice(inside.length)
      : relative(cwd, join(top, path))
}
