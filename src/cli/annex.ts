/**
 * The repository as commands see it: everything below, put together once and loaded when asked for.
 */
import type { GitConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import type { Uuid } from '../model/uuid.js'

export interface Annex {
  readonly repository: Repository
  readonly config: GitConfig
  /** Our own uuid; empty before init. */
  readonly uuid: Uuid
  /** Absolute current directory. */
  readonly cwd: Bytes
  readonly env: Readonly<Record<string, string | undefined>>
}
