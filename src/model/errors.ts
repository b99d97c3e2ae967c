/**
 * The one error class, and the table that fixes the exit status of each error code.
 *
 * A message says what was tried, with which value, what was found and what was expected; the hint is
 * the command that helps. A broken invariant of ours is a plain `Error`, never one of these.
 */

/** Each code, with the exit status the program ends with when the error reaches the top. */
const EXIT_STATUS = {
  USAGE: 1,
  NOT_A_REPOSITORY: 1,
  NOT_INITIALISED: 1,
  BARE_REPOSITORY: 1,
  NOT_BUILT_YET: 1,
  GIT_FAILED: 1,
  CONFIG_INVALID: 1,
  KEY_INVALID: 1,
  KEY_INSECURE: 1,
  BACKEND_UNKNOWN: 1,
  BACKEND_CANNOT_GENERATE: 1,
  BACKEND_FAILED: 1,
  REMOTE_UNKNOWN: 1,
  REMOTE_UNAVAILABLE: 1,
  URL_REFUSED: 1,
  /** Whether content is somewhere could not be found out. */
  PRESENCE_UNKNOWN: 100,
  CONTENT_LOCKED: 1,
  CONTENT_MISSING: 1,
  CONTENT_MISMATCH: 1,
  FILE_CHANGED: 1,
  FILE_UNREADABLE: 1,
  DISK_FULL: 1,
  BRANCH_INCOMPATIBLE: 1,
  INDEX_UNSUPPORTED: 1,
  LOCK_UNAVAILABLE: 1,
  PROTOCOL: 1,
  EXPRESSION_INVALID: 1,
  /** Whether an expression matches could not be found out. */
  EXPRESSION_UNDECIDED: 42,
  TOO_LARGE_FOR_GIT: 1,
  REPOSITORY_VERSION: 1,
} as const

export type ErrorCode = keyof typeof EXIT_STATUS

export class AnnexError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  /**
   * @param code decides the exit status
   * @param message one or more lines, sentence case, no full stop at the end
   * @param options hint: what the user can do about it; cause: the error underneath
   */
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AnnexError'
    this.code = code
    this.hint = options.hint
  }

  /** What the process exits with when nobody catches this. */
  get exitStatus(): number {
    return EXIT_STATUS[this.code]
  }
}

/** Whether an error carries one of our codes, without `instanceof` (two realms under jest). */
export function isAnnexError(error: unknown, code?: ErrorCode): error is AnnexError {
  if (typeof error !== 'object' || error === null) return false
  const candidate = error as { name?: unknown; code?: unknown }
  return candidate.name === 'AnnexError' && (code === undefined || candidate.code === code)
}

/** Whether an error is a system call's failure, whatever the reason. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  return typeof code === 'string' && typeof syscall === 'string'
}

/** Whether a system call failed over a path in a directory (absolute, as text), or over the directory. */
export function isFailureBelow(error: NodeJS.ErrnoException, directory: string): boolean {
  const { path, dest } = error as { path?: unknown; dest?: unknown }
  return [path, dest].some((place) => `${String(place)}/`.startsWith(`${directory}/`))
}

/** Whether an error is a system call's failure with this errno name, such as `ENOENT`. */
export function isErrno(error: unknown, ...names: string[]): error is NodeJS.ErrnoException {
  return (
    typeof error === 'object' &&
    error !== null &&
    names.includes((error as { code?: unknown }).code as string)
  )
}

/** Whether an error says that a disk, or the user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return isErrno(error, 'ENOSPC', 'EDQUOT')
}

/** What can be done about a system call that failed. */
const ERRNO_HINT: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space and try again',
  EDQUOT: 'Free some space and try again',
  EROFS: 'Nothing can be changed on a file system that is mounted read-only',
  EACCES: 'See who owns it, and its permissions',
  EPERM: 'See who owns it, and its permissions',
  EIO: 'The disk may be failing: see the log of the system',
}

/** System calls whose names are no words. */
const VERB: Readonly<Record<string, string>> = {
  copyfile: 'copy',
  lstat: 'look at',
  mkdir: 'make the directory',
  readlink: 'read the link',
  rmdir: 'remove the directory',
  scandir: 'list',
  stat: 'look at',
  symlink: 'make the link',
  unlink: 'remove',
  utime: 'set the time of',
}

/** The hint that comes with anything that was thrown. */
export function errorHint(error: unknown): string | undefined {
  if (isAnnexError(error)) return error.hint
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? ERRNO_HINT[code] : undefined
}

/** `Cannot CALL PATH: REASON` for a failed system call, from its `ECODE: REASON, CALL 'PATH'`. */
function systemFailure(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, syscall, path, dest, message } = error as Partial<NodeJS.ErrnoException> & {
    dest?: string
  }
  if (code === undefined || syscall === undefined || !message?.startsWith(`${code}: `)) return
  const reason = message.slice(code.length + 2, message.lastIndexOf(`, ${syscall}`))
  const place = path === undefined ? '' : ` ${path}`
  return `Cannot ${VERB[syscall] ?? syscall}${place}${dest === undefined ? '' : ` to ${dest}`}: ${reason}`
}

/** Why a system call failed, such as `permission denied`; the message of other errors. */
export function failureReason(error: unknown): string {
  return systemFailure(error) === undefined
    ? errorMessage(error)
    : (error as Error).message.replace(/^E\w+: (.*?), .*$/s, '$1')
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  const failure = systemFailure(error)
  if (failure !== undefined) return failure
  if (typeof error === 'object' && error !== null && 'message' in error)
    return String((error as { message: unknown }).message)
  return String(error)
}
