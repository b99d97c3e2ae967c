/**
 * Faults at chosen system calls, by strace: a call that fails with an error, or one before which the
 * program is killed. Only the program itself is traced, not those that it starts. Does without jest.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'

/** Calls by which a program changes what is on disk or tells others something. */
const CHANGES = [
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink'],
  ...['unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'write', 'writev', 'pwrite64', 'ftruncate'],
  ...['chmod', 'fchmod', 'fchmodat', 'utimensat', 'copy_file_range', 'sendfile'],
]
const TRACE_CHANGES = `trace=${CHANGES.map((name) => `?${name}`).join(',')}`

/** Why no fault of this kind can be made here; undefined when it can. */
export const whyNoTrace: string | undefined = (() => {
  const { status, error } = spawnSync('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true'])
  if (error) return 'strace is not installed'
  return status === 0 ? undefined : 'strace may not trace here'
})()

/** One change that a program made: the nth call of this name. */
export interface Change {
  readonly call: string
  readonly nth: number
}

/** The start of a command line that has all changes of the program noted in a file. */
export function notingChanges(log: string): string[] {
  return ['strace', '-o', log, '-e', TRACE_CHANGES, '-e', 'signal=none']
}

/** Reads what was noted, and removes it. */
export function takeChanges(log: string): Change[] {
  const counts = new Map<string, number>()
  const lines = readFileSync(log, 'latin1').split('\n')
  rmSync(log)
  return lines.flatMap((line) => {
    const call = /^([a-z0-9_]+)\(/.exec(line)?.[1]
    if (call === undefined) return []
    const nth = (counts.get(call) ?? 0) + 1
    counts.set(call, nth)
    return [{ call, nth }]
  })
}

/** The start of a command line that has the program killed just before a change. */
export function killedBefore({ call, nth }: Change): string[] {
  return strace('-e', `inject=${call}:signal=KILL:when=${nth}`)
}

/** The start of a command line that has the program killed after a time, with all it has started. */
export function killedAfter(seconds: number): string[] {
  return ['timeout', '--signal=KILL', seconds.toFixed(4)]
}

/** The start of a command line that has calls on some files fail, such as `read` with `EIO`. */
export function failing(calls: string, errno: string, ...paths: string[]): string[] {
  const places = paths.flatMap((path) => ['-P', path])
  return strace(...places, '-e', `inject=${calls}:error=${errno}`)
}

function strace(...options: string[]): string[] {
  return ['strace', '-qqq', '-o', '/dev/null', '-e', 'signal=none', ...options]
}
