/** The description of a repository that nobody has described: `USER@HOST:PATH`. */
import { hostname } from 'node:os'
import type { Repository } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { loginName } from '../platform/user.js'

/** Implements spec: repository layout, section 2.2 step 16. */
export function defaultDescription(
  repository: Repository,
  env: Readonly<Record<string, string | undefined>>,
): Bytes {
  const path = repository.workTree ?? repository.gitDir
  const home = bytesFromText(env['HOME'] ?? '')
  const isBelowHome = home !== '' && home !== '/' && `${path}/`.startsWith(`${home}/`)
  const shown = isBelowHome ? `~${path.slice(home.length)}` : path
  return `${bytesFromText(`${loginName()}@${hostname()}`)}:${shown}`
}
