/**
 * The repository as commands see it: everything below, put together once and loaded when asked for.
 */
import type { AnnexBranch } from '../branch/branch.js'
import type { BlobKeys } from '../git/blob-keys.js'
import type { GitConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'
import type { TrustSources } from '../policy/trust.js'
import type { Remote } from '../remotes/remote.js'
import type { ObjectStore } from '../store/object-store.js'
import type { WorkTreeUpdates } from '../worktree/updates.js'
import type { Messages } from './messages.js'

export interface Annex {
  readonly repository: Repository
  readonly config: GitConfig
  /** Our own uuid; empty before init. */
  readonly uuid: Uuid
  /** Absolute current directory. */
  readonly cwd: Bytes
  readonly env: Readonly<Record<string, string | undefined>>
  /** For what is to be said outside of any item. */
  readonly messages: Messages
  readonly store: ObjectStore
  /** The git-annex branch; other refs are merged in before it is first read. */
  readonly branch: AnnexBranch
  /** What the blobs in the index stand for. */
  readonly blobKeys: BlobKeys
  readonly trust: TrustSources
  /** Remotes that may hold content, cheapest first, those with annex-ignore included. */
  remotes(): Promise<readonly Remote[]>
  /** Makes work tree files follow the contents that come and go. */
  readonly workTree: WorkTreeUpdates
  /**
   * Merges what other clones have recorded into the branch.
   * @param options.always also when annex.merge-annex-branches is false
   */
  mergeBranches(options?: { always?: boolean }): void
  /**
   * Work to be done once when the command's actions are over (refresh the index, commit the
   * journal, close remotes). Run by {@link Annex.finish} in order of registration.
   */
  atEnd(work: () => Promise<void> | void): void
  /** Called by the runner after the last action, also when some failed or a signal came. */
  finish(ending: Ending): Promise<void>
}

/** How a command ends. */
export interface Ending {
  /** What was recorded is left for another command to commit. */
  readonly leaveJournal: boolean
  /** An action failed in a way that nobody expected: the next command is to look after it. */
  readonly isUnsettled?: boolean
}
