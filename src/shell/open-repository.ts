/** Opening the repository that a client named, with no help from the variables of a git around us. */
import { hostname } from 'node:os'
import type { Annex } from '../cli/annex.js'
import { openAnnex } from '../cli/open-annex.js'
import { type GitConfig, readConfig } from '../git/config.js'
import { openRepositoryAt, type Repository } from '../git/repository.js'
import { LOCAL_VARIABLES } from '../git/run.js'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import type { Uuid } from '../model/uuid.js'
import * as files from '../platform/files.js'
import type { Environment } from './environment.js'

const STDERR = 2

/** The repository of a request. */
export interface ShellRepository {
  readonly repository: Repository
  readonly config: GitConfig
  readonly env: Environment
  /** Ours; empty before init. */
  readonly uuid: Uuid
  /** Opens it for work on contents; to be ended with {@link Annex.finish}. */
  openAnnex(): Promise<Annex>
}

/**
 * Finds a repository; nothing is changed.
 * @param directory absolute: a work tree, its `.git`, or a bare repository
 * @throws AnnexError NOT_A_REPOSITORY, GIT_FAILED
 */
export function openShellRepository(directory: Bytes, surrounding: Environment): ShellRepository {
  const env = { ...surrounding }
  for (const name of LOCAL_VARIABLES) delete env[name]
  const repository = openRepositoryAt(directory)
  if (!repository)
    throw new AnnexError(
      'NOT_A_REPOSITORY',
      `failed to read git config of git repository in ${hostname()} on ${bytesToText(directory)}; perhaps this repository is not set up correctly or has moved`,
    )
  const config = readConfig(repository)
  return {
    repository,
    config,
    env,
    uuid: config.get('annex.uuid') ?? '',
    openAnnex: () =>
      openAnnex({
        surround: {
          cwd: repository.workTree ?? repository.gitDir,
          env,
          loadCommands: () => Promise.resolve([]),
        },
        settings: [],
        needs: 'repository',
        needsWorkTree: false,
        messages: { remark: () => {}, warning: tell, failure: tell },
      }),
  }
}

/** Says something to the person at the other end: ssh passes our standard error on. */
export function tell(text: string): void {
  files.writeFully(STDERR, Buffer.from(bytesFromText(`git-annex-shell: ${text}\n`), 'latin1'))
}
