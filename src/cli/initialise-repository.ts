/** Initialising with what the command line knows: our executable, and a description of the place. */
import { AnnexBranch } from '../branch/branch.js'
import { branchOptions } from '../branch/branch-options.js'
import { initialise } from '../branch/initialise.js'
import type { GitConfig } from '../git/config.js'
import type { Repository } from '../git/repository.js'
import type { Bytes } from '../model/bytes.js'
import { executablePath } from '../platform/process.js'
import { defaultDescription } from './default-description.js'

export interface InitialiseRequest {
  readonly repository: Repository
  readonly config: GitConfig
  readonly env: Readonly<Record<string, string | undefined>>
  /** Undefined: made from user, host and path, unless the repository has one. */
  readonly description?: Bytes | undefined
  /** Does not describe it: its uuid is another's, whose description will come. */
  readonly isTakenOver?: boolean
}

/** Initialises a repository. @returns warnings for the user, one line each */
export function initialiseRepository(request: InitialiseRequest): readonly string[] {
  const { repository, config, env, description, isTakenOver } = request
  const { branch, warnings } = initialise({
    repository,
    config,
    openBranch: (uuid) => new AnnexBranch(repository, branchOptions(config, env, uuid)),
    description,
    defaultDescription: isTakenOver ? undefined : defaultDescription(repository, env),
    executable: executablePath(),
  })
  branch.close()
  return warnings
}
