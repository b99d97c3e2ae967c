/**
 * Opens the repository around the current directory: finds it, initialises a clone of an annex, puts
 * together what commands work with. Implements spec: CLI, section 1; repository layout, section 2.7.
 */
import { AnnexBranch } from '../branch/branch.js'
import { branchOptions } from '../branch/branch-options.js'
import { checkRepositoryVersion } from '../branch/initialise.js'
import { listBranchRefs } from '../branch/refs.js'
import { shareJournal } from '../branch/share-journal.js'
import { BlobKeys } from '../git/blob-keys.js'
import { type GitConfig, readConfig } from '../git/config.js'
import { readIndexEntries } from '../git/index-file.js'
import { removeStaleLock } from '../git/index-lock.js'
import { findRepository, type Repository } from '../git/repository.js'
import { type Bytes, bytesToText } from '../model/bytes.js'
import { AnnexError, errorMessage } from '../model/errors.js'
import type { TrustLevel } from '../model/logs/trust-log.js'
import type { Uuid } from '../model/uuid.js'
import { isReadOnly } from '../platform/file-lock.js'
import { freeMemory } from '../platform/memory.js'
import { configuredTrust, type TrustSources } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import { SharedConnections } from '../remotes/ssh/shared-connection.js'
import { ObjectStore } from '../store/object-store.js'
import { storeSettings } from '../store/settings.js'
import { UnfinishedKeys } from '../store/unfinished.js'
import { finishAbandoned } from '../worktree/abandoned.js'
import { hasGitFile, hasLinks, linkGitDir } from '../worktree/dot-git.js'
import { applyExternalTimeout } from '../worktree/external-timeout.js'
import { hasWaitingFiles, WorkTreeUpdates } from '../worktree/updates.js'
import type { Annex, Ending } from './annex.js'
import type { Needs, Surround } from './command.js'
import { initialiseRepository } from './initialise-repository.js'
import { prepareForLongWork } from './long-work.js'
import type { Messages } from './messages.js'
import { openRemotes } from './open-remotes.js'
import { type TrustOptions, trustOverrides } from './trust-overrides.js'

const NO_TRUST: TrustOptions = { semitrust: [], untrust: [] }

/** What opening a repository needs to know. */
export interface OpenOptions {
  readonly surround: Surround
  /** `name=value` texts of `-c`. */
  readonly settings: readonly string[]
  readonly needs: Needs
  readonly needsWorkTree: boolean
  /** It may go through many contents. */
  readonly isLong?: boolean
  readonly messages: Messages
  /** Trust levels that the command line sets. */
  readonly trust?: TrustOptions
}

/**
 * Opens the repository around the current directory for a command.
 * @throws AnnexError NOT_A_REPOSITORY, BARE_REPOSITORY, NOT_INITIALISED, REPOSITORY_VERSION
 */
export async function openAnnex(options: OpenOptions): Promise<Annex> {
  const { surround, settings, needs, needsWorkTree, messages, trust = NO_TRUST } = options
  const repository = findRepository(surround)
  if (options.isLong) prepareForLongWork(repository, surround.env)
  if (needsWorkTree && repository.workTree === undefined)
    throw new AnnexError('BARE_REPOSITORY', 'You cannot run this command in a bare repository.')
  const config = readConfig(repository, settings)
  applyExternalTimeout(config)
  if (needs === 'annex') ensureInitialised(repository, config, surround)
  const annex = new OpenAnnex({ repository, config, surround, messages })
  if (needs === 'annex') {
    annex.mergeBranches()
    annex.overrideTrust(trust)
    finishInterrupted(annex)
  }
  return annex
}

/** Initialises a clone of an annex without being asked; anything else must be. */
function ensureInitialised(repository: Repository, config: GitConfig, surround: Surround): void {
  checkRepositoryVersion(repository, config)
  if (config.get('annex.uuid') && config.get('annex.version')) return
  if (listBranchRefs(repository).length === 0)
    throw new AnnexError('NOT_INITIALISED', 'First run: git-annex init')
  initialiseRepository({ repository, config, env: surround.env })
}

/** What a killed command has left is finished by the next one, if it can be. */
function finishInterrupted(annex: Annex): void {
  try {
    annex.store.temp.sweep()
    if (annex.repository.workTree !== undefined) removeStaleLock(annex.repository.indexFile)
    finishAbandoned(annex)
    if (annex.repository.workTree !== undefined && hasWaitingFiles(annex.repository))
      annex.workTree.finish()
  } catch (error) {
    if (isReadOnly(error)) return
    annex.messages.warning(
      `Cannot finish yet what an interrupted command has left: ${errorMessage(error)}`,
    )
  }
}

/** Ends the use of a remote. @throws AnnexError that names it */
async function closeRemote(remote: Remote): Promise<void> {
  try {
    await remote.close()
  } catch (error) {
    throw new AnnexError('REMOTE_UNAVAILABLE', `${remote.name}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}

/** What an {@link OpenAnnex} is made of. */
interface Parts {
  readonly repository: Repository
  readonly config: GitConfig
  readonly surround: Surround
  readonly messages: Messages
}

class OpenAnnex implements Annex {
  readonly repository: Repository
  readonly config: GitConfig
  readonly cwd: Bytes
  readonly env: Surround['env']
  readonly messages: Messages
  readonly store: ObjectStore
  readonly #endings: (() => Promise<void> | void)[] = []
  #branch: AnnexBranch | undefined
  #blobKeys: BlobKeys | undefined
  #overrides: ReadonlyMap<Uuid, TrustLevel> = new Map()
  #trust: TrustSources | undefined
  #remotes: Promise<readonly Remote[]> | undefined
  #sshConnections: SharedConnections | undefined
  #workTree: WorkTreeUpdates | undefined

  constructor({ repository, config, surround, messages }: Parts) {
    this.repository = repository
    this.config = config
    this.cwd = surround.cwd
    this.env = surround.env
    this.messages = messages
    const isBare = repository.workTree === undefined
    const settings = storeSettings(config, isBare)
    const { annexDir } = repository
    this.store = new ObjectStore(annexDir, settings, new UnfinishedKeys(annexDir))
  }

  get uuid(): Uuid {
    return this.config.get('annex.uuid') ?? ''
  }

  get branch(): AnnexBranch {
    const { repository, config, env, uuid } = this
    this.#branch ??= new AnnexBranch(repository, branchOptions(config, env, uuid))
    return this.#branch
  }

  get blobKeys(): BlobKeys {
    this.#blobKeys ??= new BlobKeys(this.repository)
    return this.#blobKeys
  }

  get trust(): TrustSources {
    this.#trust ??= {
      overrides: this.#overrides,
      configured: configuredTrust(this.config),
      recorded: this.branch.trustLevels(),
    }
    return this.#trust
  }

  /** @throws AnnexError REMOTE_UNKNOWN */
  overrideTrust(options: TrustOptions): void {
    const { config, uuid } = this
    const descriptions = () => this.branch.descriptions()
    this.#overrides = trustOverrides(options, { config, uuid, descriptions })
  }

  get workTree(): WorkTreeUpdates {
    this.#workTree ??= new WorkTreeUpdates(this)
    return this.#workTree
  }

  get sshConnections(): SharedConnections {
    this.#sshConnections ??= new SharedConnections(this)
    return this.#sshConnections
  }

  remotes(): Promise<readonly Remote[]> {
    this.#remotes ??= openRemotes(this)
    return this.#remotes
  }

  atEnd(work: () => Promise<void> | void): void {
    this.#endings.push(work)
  }

  mergeBranches(options: { always?: boolean } = {}): void {
    if (!options.always && this.config.getBoolean('annex.merge-annex-branches') === false) return
    const refs = this.branch.update()
    if (refs.length > 0)
      this.messages.remark(`merging ${bytesToText(refs.join(' '))} into git-annex...`)
  }

  async finish({ leaveJournal, isUnsettled = false }: Ending): Promise<void> {
    // Those that could not be opened have been told of.
    const remotes = (await this.#remotes?.catch(() => [])) ?? []
    const errors: unknown[] = []
    // Whatever fails, the rest is still to be done.
    for (const step of [
      ...this.#endings.splice(0),
      () => this.#workTree?.finish(),
      () => this.#linkGitDir(),
      () => this.#blobKeys?.save(),
      ...remotes.map((remote) => () => closeRemote(remote)),
      () => this.#sshConnections?.close(),
      () => this.#branch?.close(),
    ])
      await Promise.resolve()
        .then(step)
        .catch((error) => errors.push(error))
    if (errors.length > 0) throw errors[0]
    if (!isUnsettled) this.store.unfinished?.done()
    if (leaveJournal && this.uuid && this.#branch)
      shareJournal(this.repository, branchOptions(this.config, this.env, this.uuid))
    if (leaveJournal || this.config.getBoolean('annex.alwayscommit') === false) return
    if (!this.uuid || !this.branch.hasPending()) return
    this.messages.remark('recording state in git...')
    // Nobody asks any more; the commit needs the memory.
    this.#workTree = undefined
    this.#blobKeys = undefined
    freeMemory()
    this.branch.commit()
  }

  /** Files that are links need `.git` to be a directory or a link to one. */
  #linkGitDir(): void {
    const { repository, config, messages } = this
    if (!this.uuid || !hasGitFile(repository) || !hasLinks(readIndexEntries(repository))) return
    const warning = linkGitDir(repository, config)
    if (warning !== undefined) messages.warning(warning)
  }
}
