/** What a command of git-annex-shell is: data and a function. */
import type { ShellRepository } from './open-repository.js'

/** What a command may change; the restrictions of the environment go by this. */
export type Changes = 'nothing' | 'adds' | 'removes' | 'sets-up'

/** A command line that was taken apart, for a repository that was found and may be used. */
export interface ShellRequest {
  readonly repository: ShellRepository
  /** What stands between the directory and the options, as text. */
  readonly parameters: readonly string[]
  readonly force: boolean
  /** `FIELD=VALUE` words between `--` and `--`; only those that are known and well-formed. */
  readonly fields: ReadonlyMap<string, string>
  /** What stands behind the last `--`: options meant for rsync. */
  readonly rsyncOptions: readonly string[]
}

export interface ShellCommand {
  readonly name: string
  /** Parameters behind the directory, for the usage page. */
  readonly parameters: string
  readonly summary: string
  readonly changes: Changes
  /** Whether the directory must be an annex already. */
  readonly needsAnnex: boolean
  /**
   * Does the work; answers on standard output.
   * @returns the exit status
   * @throws AnnexError, told on standard error by the caller
   */
  run(request: ShellRequest): Promise<number> | number
}

/** Exit statuses of questions about content. */
export const YES = 0
export const NO = 1
export const CANNOT_TELL = 100
