/**
 * First contact with git remotes behind web servers: what is found out is kept in git's configuration,
 * so that they are not asked again. Implements spec: transfer, section 3.
 */
import { type GitConfig, setConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import { type Bytes, bytesFromText } from '../model/bytes.js'
import { errorMessage, isAnnexError } from '../model/errors.js'
import { discoverHttpRepository, GitHttpRemote, type HttpRepository } from '../remotes/git-http.js'
import type { HttpClient } from '../remotes/http-client.js'
import type { Remote } from '../remotes/remote.js'
import type { RemoteConfig } from '../remotes/remote-config.js'
import type { Messages } from './messages.js'

/** What is needed to get to know a remote. */
export interface HttpRemoteBase {
  readonly repository: Repository
  readonly config: GitConfig
  readonly messages: Messages
}

/** Opens a remote; undefined when it is no annex, which is noted by `annex-ignore`. */
export async function openHttpRemote(
  base: HttpRemoteBase,
  remote: RemoteConfig & { readonly kind: { readonly url: Bytes } },
  client: () => Promise<HttpClient>,
): Promise<Remote | undefined> {
  const { name, cost, kind, cachedUuid } = remote
  if (!cachedUuid && remote.isIgnored) return undefined
  const known = cachedUuid
    ? { uuid: cachedUuid, isBare: base.config.getBoolean(setting(name, 'bare')) !== false }
    : await discover(base, remote, await client())
  if (known?.uuid === undefined) return undefined
  const { uuid, isBare } = known
  const { isIgnored } = remote
  return new GitHttpRemote({ name, uuid, cost, isIgnored, url: kind.url, isBare }, client)
}

async function discover(
  base: HttpRemoteBase,
  { name, kind }: RemoteConfig & { readonly kind: { readonly url: Bytes } },
  client: HttpClient,
): Promise<HttpRepository | undefined> {
  try {
    const found = await discoverHttpRepository(client, kind.url)
    if (!found.isBare) remember(base, setting(name, 'bare'), 'false')
    if (found.uuid) remember(base, setting(name, 'uuid'), found.uuid)
    else ignore(base, name)
    return found
  } catch (error) {
    if (!isAnnexError(error)) throw error
    base.messages.warning(`  Remote ${name} not usable by git-annex; setting annex-ignore`)
    base.messages.warning(`\n  ${errorMessage(error)}`)
    ignore(base, name)
    return undefined
  }
}

/** Later releases of git-annex look again when they push, because nobody has chosen this. */
function ignore(base: HttpRemoteBase, name: string): void {
  remember(base, setting(name, 'ignore'), 'true')
  remember(base, setting(name, 'ignore-auto'), 'true')
}

function setting(remote: string, name: string): Bytes {
  return `remote.${bytesFromText(remote)}.annex-${name}`
}

/** Not worth failing where nothing can be written. */
function remember({ repository, config }: HttpRemoteBase, name: Bytes, value: Bytes): void {
  try {
    setConfig(repository, config, name, value)
  } catch (error) {
    if (!isAnnexError(error, 'GIT_FAILED')) throw error
    config.remember(name, value)
  }
}
