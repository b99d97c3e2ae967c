/** Who runs us. */
import type { Bytes } from '../model/bytes.js'
import * as files from './files.js'
import { runSync } from './subprocess.js'

/**
 * The login name of the current user, as text. Read from the user database, because Bun's
 * `os.userInfo` only knows what the environment says.
 */
export function loginName(): string {
  const uid = process.getuid?.()
  const line = files
    .readFile('/etc/passwd')
    ?.toString('utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid))
  const name = line?.split(':')[0]
  if (name) return name
  const { status, stdout } = runSync(['id', '-un'])
  return status === 0 ? stdout.toString('utf8').trim() : 'unknown'
}

/** The home directory of a user; undefined when there is none of that name. */
export function homeOf(name: string): Bytes | undefined {
  const { status, stdout } = runSync(['getent', 'passwd', name])
  const home = stdout.toString('latin1').split(':')[5]
  return status === 0 && home ? home : undefined
}
