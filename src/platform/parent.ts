/** The processes that started us, where the system tells. */
import * as files from './files.js'
import { readProcStat } from './process.js'

const MAX_BYTES = 1 << 16

/** The arguments of our parent, its own name first; none where there is no `/proc`. */
export function parentArguments(): readonly string[] {
  return argumentsOf(process.ppid)
}

/** The same of our parent, its parent and so on, nearest first. @param most how many at most */
export function* ancestorArguments(most: number): Iterable<readonly string[]> {
  let pid: number | undefined = process.ppid
  for (let count = 0; count < most && pid !== undefined && pid > 1; count++) {
    yield argumentsOf(pid)
    pid = readProcStat(pid)?.parentPid
  }
}

function argumentsOf(pid: number): readonly string[] {
  const listing = files.readHead(`/proc/${pid}/cmdline`, MAX_BYTES)
  return listing?.toString('utf8').split('\0').slice(0, -1) ?? []
}
