/**
 * Git as a program: one place that knows how to ask it, and how it says no.
 *
 * Children get no GIT_INDEX_FILE or GIT_DIR of a surrounding git unless the caller passes them on
 * purpose: a hook that runs in one repository must not make us write to another.
 */
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import { AnnexError } from '../model/errors.js'
import * as files from '../platform/files.js'
import { type RunOptions, type RunResult, runSync } from '../platform/subprocess.js'
import { gitCwd, type Repository } from './repository.js'

/** Variables by which git points a child at one repository. */
export const LOCAL_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_INTERNAL_SUPER_PREFIX',
] as const

export interface GitOptions extends Omit<RunOptions, 'cwd'> {
  /** Statuses that are answers, not failures; default only 0. */
  readonly okStatus?: readonly number[]
  /** Settings for this call only, as `-c name=value`. */
  readonly config?: readonly string[]
}

/** The start of every git command line for a repository. */
export function gitArgv(
  repository: Repository,
  config: readonly string[] = [],
): [string, ...string[]] {
  const argv: [string, ...string[]] = ['git', `--git-dir=${bytesToText(repository.gitDir)}`]
  if (repository.workTree !== undefined)
    argv.push(`--work-tree=${bytesToText(repository.workTree)}`)
  // Our own question must not start the filter that may be asking it.
  for (const setting of config) argv.push('-c', setting)
  return argv
}

/** The environment for git children: the surrounding repository's variables taken out. */
export function gitEnv(
  extra: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  return { ...Object.fromEntries(LOCAL_VARIABLES.map((name) => [name, undefined])), ...extra }
}

/**
 * Runs git in a repository to its end.
 * @param args command and arguments, as text
 * @throws AnnexError GIT_FAILED with git's own message when the status is not an expected one
 */
export function git(
  repository: Repository,
  args: readonly string[],
  options: GitOptions = {},
): RunResult {
  const { okStatus = [0], config, env, ...rest } = options
  const argv = gitArgv(repository, config)
  const result = runSync([...argv, ...args], { cwd: gitCwd(repository), env: gitEnv(env), ...rest })
  if (!okStatus.includes(result.status)) throw gitFailure(args, result)
  return result
}

/**
 * Malloc settings that keep freed memory: without them git gives its buffers back to the kernel for
 * every object (55,000 brk calls for 10,000 files; 1.0 s became 0.3 s).
 */
const KEEP_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: '268435456',
  MALLOC_MMAP_THRESHOLD_: '268435456',
} as const

/** Runs git for many objects at once. @throws as {@link git} */
export function gitBulk(
  repository: Repository,
  args: readonly string[],
  options: GitOptions = {},
): RunResult {
  return git(repository, args, { ...options, env: { ...KEEP_MEMORY, ...options.env } })
}

/** Runs git and returns what it printed, without the last newline. */
export function gitOutput(
  repository: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Bytes {
  return git(repository, args, options).stdout.toString('latin1').replace(/\n$/, '')
}

/** `git fast-import` leaves a file about each failure in the git directory, which helps nobody. */
function withoutCrashReport(said: string): string {
  const [line, path] = /\n?fast-import: dumping crash report to (\/.*)/.exec(said) ?? []
  if (line === undefined || path === undefined) return said
  files.remove(bytesFromText(path))
  return said.replace(line, '')
}

function gitFailure(args: readonly string[], { status, stderr }: RunResult): AnnexError {
  const said = withoutCrashReport(stderr.toString('utf8').trim())
  const shown = args.slice(0, 3).join(' ')
  return new AnnexError(
    'GIT_FAILED',
    status === 127
      ? `Cannot run git ${shown}: ${said}`
      : `git ${shown} failed (exit ${status}): ${said}`,
  )
}
