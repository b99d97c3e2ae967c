/**
 * Opens a remote behind ssh: its uuid is asked for once, and what cannot be an annex is remembered as
 * such. Implements spec: transfer, section 3.
 */
import { type GitConfig, setConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import { git } from '../git/run.js'
import { bytesFromText } from '../model/bytes.js'
import { isAnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { GitSshRemote } from '../remotes/git-ssh.js'
import type { Remote } from '../remotes/remote.js'
import type { RemoteConfig } from '../remotes/remote-config.js'
import { readSshAccess, type SshAccess } from '../remotes/ssh/command.js'
import { contactRemote } from '../remotes/ssh/configlist.js'
import type { SharedConnections } from '../remotes/ssh/shared-connection.js'
import { parseSshUrl } from '../remotes/ssh/url.js'
import type { Messages } from './messages.js'

/** What opening remotes behind ssh needs. */
export interface SshBase {
  readonly repository: Repository
  readonly config: GitConfig
  readonly env: Readonly<Record<string, string | undefined>>
  readonly messages: Messages
  readonly shared: SharedConnections
  /** Remembers the uuid of a remote. */
  rememberUuid(name: string, uuid: Uuid): void
}

/**
 * Opens a remote.
 * @returns undefined when it is no annex, or not known to be one and out of reach
 */
export function openSshRemote(base: SshBase, remote: RemoteConfig): Remote | undefined {
  const { config, env, shared, messages } = base
  if (remote.kind.type !== 'ssh') throw new Error('openSshRemote: not an ssh url')
  try {
    const place = parseSshUrl(remote.kind.url)
    const access = readSshAccess(config, remote.name, { place, env })
    const uuid = remote.cachedUuid ?? discover(base, remote, access)
    if (!uuid) return undefined
    const { name, cost, isIgnored, isReadOnly, verifies } = remote
    const ownUuid = config.get('annex.uuid') ?? ''
    const settings = { name, uuid, cost, isIgnored, isReadOnly, verifies, ownUuid }
    return new GitSshRemote({ ...settings, access, shared })
  } catch (error) {
    if (!isAnnexError(error, 'CONFIG_INVALID')) throw error
    messages.warning(`Remote ${remote.name}: ${error.message}`)
    return undefined
  }
}

function discover(base: SshBase, remote: RemoteConfig, access: SshAccess): Uuid | undefined {
  if (remote.isIgnored) return undefined
  const { name } = remote
  const contact = contactRemote(access, base.shared.optionsFor(access.place))
  if (contact.kind === 'annex') {
    base.rememberUuid(name, contact.uuid)
    return contact.uuid
  }
  // Git must be able to reach it: otherwise it may be there, and an annex, tomorrow.
  if (contact.kind === 'no-shell' && isGitRepository(base, name)) ignoreFromNowOn(base, name)
  return undefined
}

function isGitRepository({ repository }: SshBase, name: string): boolean {
  try {
    git(repository, ['ls-remote', '--quiet', '--heads', name], { stderr: 'ignore' })
    return true
  } catch (error) {
    if (!isAnnexError(error, 'GIT_FAILED')) throw error
    return false
  }
}

function ignoreFromNowOn({ repository, config, messages }: SshBase, name: string): void {
  messages.warning(`  Remote ${name} does not have git-annex installed; setting annex-ignore`)
  messages.warning(
    `\n  This could be a problem with the git-annex installation on the remote. Please make sure that git-annex-shell is available in PATH when you ssh into the remote. Once you have fixed the git-annex installation, run: git annex enableremote ${name}`,
  )
  setConfig(repository, config, `remote.${bytesFromText(name)}.annex-ignore`, 'true')
}
