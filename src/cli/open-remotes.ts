/**
 * From git's configuration to remotes that can be used, cheapest first.
 *
 * A path is looked at at once, because only the repository there knows its uuid; other kinds are
 * known by the uuid of an earlier contact. Implements spec: transfer, section 1.
 */
import { AnnexBranch } from '../branch/branch.js'
import { branchOptions } from '../branch/branch-options.js'
import { listBranchRefs } from '../branch/refs.js'
import { shareJournal } from '../branch/share-journal.js'
import { BlobKeys } from '../git/blob-keys.js'
import { type GitConfig, readConfig, readConfigFile, setConfig } from '../git/config.js'
import { removeStaleLock } from '../git/index-lock.js'
import { openRepositoryAt, type Repository } from '../git/repository.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError, isAnnexError, isDiskFull } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import { isReadOnly } from '../platform/file-lock.js'
import { GitLocalRemote, type LocalPeer, type LocalPeerHooks } from '../remotes/git-local.js'
import type { HttpClient } from '../remotes/http-client.js'
import type { Remote } from '../remotes/remote.js'
import { type RemoteConfig, readRemoteConfigs } from '../remotes/remote-config.js'
import type { SharedConnections } from '../remotes/ssh/shared-connection.js'
import { UnbuiltRemote } from '../remotes/unreachable.js'
import { WebRemote } from '../remotes/web.js'
import { ObjectStore } from '../store/object-store.js'
import { storeSettings } from '../store/settings.js'
import { UnfinishedKeys } from '../store/unfinished.js'
import { finishAbandoned } from '../worktree/abandoned.js'
import { WorkTreeUpdates } from '../worktree/updates.js'
import { initialiseRepository } from './initialise-repository.js'
import type { Messages } from './messages.js'
import { openHttpRemote } from './open-http-remote.js'
import { openSshRemote } from './open-ssh-remote.js'
import { webClient } from './web-client.js'

const WEB_COST = 200

/** What remotes are opened for. */
export interface RemoteBase {
  readonly repository: Repository
  readonly config: GitConfig
  readonly env: Readonly<Record<string, string | undefined>>
  readonly branch: AnnexBranch
  readonly messages: Messages
  /** Ssh connections that the remotes share. */
  readonly sshConnections: SharedConnections
}

/** Opens every remote whose uuid is known or can be found out now; the others are left out. */
export async function openRemotes(base: RemoteBase): Promise<readonly Remote[]> {
  const { repository, config } = base
  const top = repository.workTree ?? repository.gitDir
  const client = webClient(config)
  const opened = await Promise.all(
    readRemoteConfigs(config, top).map((remote) => openRemote(base, remote, client)),
  )
  const remotes = opened
    .filter((remote) => remote !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return [...remotes, openWeb(base, client)].sort((a, b) => a.cost - b.cost)
}

/** Every repository has the web; settings of a remote of that name apply to it. */
function openWeb(base: RemoteBase, client: () => Promise<HttpClient>): Remote {
  const { config } = base
  return new WebRemote(
    {
      cost: Number(config.get('remote.web.annex-cost')) || WEB_COST,
      isIgnored: config.getBoolean('remote.web.annex-ignore') ?? false,
    },
    {
      branch: () => base.branch,
      client,
    },
  )
}

async function openRemote(
  base: RemoteBase,
  remote: RemoteConfig,
  client: () => Promise<HttpClient>,
): Promise<Remote | undefined> {
  const { kind } = remote
  if (kind.type === 'http') return await openHttpRemote(base, { ...remote, kind }, client)
  if (kind.type === 'ssh') {
    const { repository, config, env, messages, sshConnections: shared } = base
    const remember = (name: string, uuid: Uuid) => rememberUuid(base, name, uuid)
    return openSshRemote(
      { repository, config, env, messages, shared, rememberUuid: remember },
      remote,
    )
  }
  if (kind.type !== 'path')
    return remote.cachedUuid ? new UnbuiltRemote(remote, remote.cachedUuid) : undefined
  const { path } = kind
  const uuid = findUuid(base, remote, path)
  if (!uuid) return undefined
  const { name, cost, isIgnored, isReadOnly, verifies } = remote
  return new GitLocalRemote(
    { name, uuid, cost, isIgnored, isReadOnly, verifies, path },
    peerHooks({ name, uuid, path }, base),
  )
}

/** The uuid of the repository at a path; when it cannot be reached, the one it had. */
function findUuid(base: RemoteBase, remote: RemoteConfig, path: Bytes): Uuid | undefined {
  if (
    remote.cachedUuid &&
    base.config.getBoolean(`remote.${bytesFromText(remote.name)}.annex-checkuuid`) === false
  )
    return remote.cachedUuid
  const repository = openRepositoryAt(path)
  if (!repository) return remote.cachedUuid
  const found = readConfigFile(repository.commonDir).get('annex.uuid')
  const uuid = found || initialisePeer(repository, base.env)
  if (uuid && uuid !== remote.cachedUuid) rememberUuid(base, remote.name, uuid)
  return uuid
}

/** For the time when the remote cannot be reached; not worth failing where nothing can be written. */
function rememberUuid({ repository, config }: RemoteBase, name: string, uuid: Uuid): void {
  const setting = `remote.${bytesFromText(name)}.annex-uuid`
  try {
    setConfig(repository, config, setting, uuid)
  } catch (error) {
    if (!isAnnexError(error, 'GIT_FAILED')) throw error
    config.remember(setting, uuid)
  }
}

/**
 * A clone of an annex becomes one on first contact, as git-annex has it; anything else does not, and
 * one that cannot be written is no use.
 */
function initialisePeer(repository: Repository, env: RemoteBase['env']): Uuid | undefined {
  if (listBranchRefs(repository).length === 0) return undefined
  const config = readConfig(repository)
  try {
    initialiseRepository({ repository, config, env })
  } catch (error) {
    if (!isReadOnly(error) && !isAnnexError(error)) throw error
    return undefined
  }
  return config.get('annex.uuid')
}

/** A repository as it is known when the remotes are opened. */
interface KnownPeer {
  readonly name: string
  readonly uuid: Uuid
  /** Absolute. */
  readonly path: Bytes
}

function peerHooks(known: KnownPeer, { config: ours, env }: RemoteBase): LocalPeerHooks {
  return {
    open: () => openPeer(known, env),
    contentChanged: ({ repository, config, store }, keyTexts) => {
      if (repository.workTree === undefined) return
      const blobKeys = new BlobKeys(repository)
      const updates = new WorkTreeUpdates({ repository, config, store, blobKeys })
      for (const keyText of keyTexts) updates.contentChanged(keyText)
      updates.finish()
      blobKeys.save()
    },
    settle: ({ repository, config, branch }) => {
      if (ours.getBoolean('annex.alwayscommit') !== false) branch.commit()
      else shareJournal(repository, branchOptions(config, env, known.uuid))
    },
  }
}

/** What a command that was killed there, or on its way there, has left. */
function finishInterrupted(peer: LocalPeer & { readonly uuid: Uuid }): void {
  try {
    peer.store.temp.sweep()
    if (peer.repository.workTree !== undefined) removeStaleLock(peer.repository.indexFile)
    finishAbandoned({ ...peer, blobKeys: new BlobKeys(peer.repository) })
  } catch (error) {
    // It can be read as it is, and the next command there will tell.
    if (!isReadOnly(error) && !isDiskFull(error)) throw error
  }
}

/** @throws AnnexError REMOTE_UNAVAILABLE also when another repository is at the path by now */
function openPeer({ name, path, uuid }: KnownPeer, env: RemoteBase['env']): LocalPeer {
  const repository = openRepositoryAt(path)
  if (!repository)
    throw new AnnexError('REMOTE_UNAVAILABLE', `Cannot reach ${name} at ${bytesToText(path)}`)
  const config = readConfig(repository)
  const { annexDir } = repository
  const settings = storeSettings(config, repository.workTree === undefined)
  if (config.get('annex.uuid') !== uuid)
    throw new AnnexError(
      'REMOTE_UNAVAILABLE',
      `Cannot use ${name}: there is another repository at ${bytesToText(path)} now`,
    )
  const peer = {
    repository,
    config,
    store: new ObjectStore(annexDir, settings, new UnfinishedKeys(annexDir)),
    branch: new AnnexBranch(repository, branchOptions(config, env, uuid)),
  }
  finishInterrupted({ ...peer, uuid })
  return peer
}
