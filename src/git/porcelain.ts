/**
 * Git commands whose own output the user should see: commit, fetch, merge, push. They run with our
 * terminal; the surrounding repository's variables are taken out of their environment.
 */
import { bytesToText } from '../model/bytes.js'
import { type ForegroundOptions, runForeground } from '../platform/program.js'
import type { Repository } from './repository.js'
import { gitArgv, gitEnv } from './run.js'

/**
 * Runs git in the foreground, in the top of the work tree.
 * @param args command and arguments, as text
 * @returns git's exit status
 */
export function runGit(
  repository: Repository,
  args: readonly string[],
  options: ForegroundOptions = {},
): number {
  const [git, ...rest] = gitArgv(repository)
  const place = bytesToText(repository.workTree ?? repository.gitDir)
  return runForeground([git, '-C', place, ...rest, ...args], {
    ...options,
    env: gitEnv({ ...options.env, ANNEXE_PUSHING: '1' }),
  })
}
