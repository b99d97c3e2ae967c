/**
 * First contact with a repository behind ssh: its uuid. Implements spec: transfer, section 3.
 */
import type { Uuid } from '../../model/uuid.js'
import { runSync } from '../../platform/subprocess.js'
import { cipherOptions } from './cipher.js'
import { type SshAccess, sshArgv } from './command.js'

/** What a first contact comes to. */
export type Contact =
  | { readonly kind: 'annex'; readonly uuid: Uuid }
  /** A git repository that is no annex yet. */
  | { readonly kind: 'no-annex' }
  /** There was a connection, but no git-annex-shell that would answer. */
  | { readonly kind: 'no-shell' }
  /** Nobody was reached: nothing is known. */
  | { readonly kind: 'unreachable' }

/** What ssh itself exits with when there is no connection. */
const NO_CONNECTION = 255
const NOT_STARTED = 127

/**
 * Asks for the uuid. What goes wrong is told by ssh, or by the shell there, on standard error.
 * @param master options that share a connection
 */
export function contactRemote(access: SshAccess, master: readonly string[]): Contact {
  const command = { name: 'configlist', parameters: [], isReadOnly: true }
  // What follows goes over the same connection, when it is shared.
  const options = access.custom
    ? []
    : [...master, ...(master.length > 0 ? cipherOptions(access) : [])]
  const argv = sshArgv(access, command, options)
  const { status, stdout } = runSync(argv, { stderr: 'inherit' })
  const isStarted = status !== NOT_STARTED || stdout.length > 0
  if (status === NO_CONNECTION || (!isStarted && argv[0] !== 'ssh')) return { kind: 'unreachable' }
  const uuid = /^annex\.uuid=(.*)$/m.exec(stdout.toString('latin1'))?.[1]
  if (status !== 0 || uuid === undefined) return { kind: 'no-shell' }
  return uuid === '' ? { kind: 'no-annex' } : { kind: 'annex', uuid }
}
