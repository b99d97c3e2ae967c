/** Directories as clients write them: relative ones lie below the home directory, `~` means it. */
import { absolute } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import { homeOf } from '../platform/user.js'
import type { Environment } from './environment.js'

/**
 * The absolute path that a client means.
 * @param directory as text: `/path`, `path`, `~/path`, `/~/path`, `~user/path`, `/~user/path`
 * @throws AnnexError USAGE when there is no such user
 */
export function expandDirectory(directory: string, env: Environment): Bytes {
  const home = bytesFromText(env['HOME'] ?? '/')
  const match = /^\/?~([^/]*)(?:\/(.*))?$/s.exec(directory)
  if (!match) return absolute(home, bytesFromText(directory))
  const [, user = '', rest = ''] = match
  const base = user === '' ? home : homeOf(user)
  if (base === undefined) throw new AnnexError('USAGE', `There is no user ${user} here`)
  return absolute(base, bytesFromText(rest))
}
