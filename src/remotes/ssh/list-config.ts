/** The configuration of a repository behind ssh, whether it is an annex or not: for the map. */
import { GitConfig } from '../../git/config.js'
import { runSync } from '../../platform/subprocess.js'
import { type SshAccess, sshArgv } from './command.js'

/** Its argument is the path, as git-annex-shell would get it. */
const SCRIPT = `case "$1" in /~/*) cd "$HOME/\${1#/~/}" ;; *) cd "$1" 2>/dev/null || cd "$1.git" ;; esac && git config --null --list`

/**
 * Asks for all settings. What goes wrong is told by ssh on standard error.
 * @returns undefined when they cannot be had
 */
export function listRemoteConfig(access: SshAccess): GitConfig | undefined {
  const shell = `sh -c '${SCRIPT}'`
  const command = { name: 'sh', parameters: [], isReadOnly: true }
  const { status, stdout } = runSync(sshArgv({ ...access, shell }, command, []), {
    stderr: 'inherit',
  })
  return status === 0 ? new GitConfig(stdout.toString('latin1')) : undefined
}
