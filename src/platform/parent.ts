/** The process that started us, where the system tells. */
import * as files from './files.js'

const MAX_BYTES = 1 << 16

/** The arguments of our parent, its own name first; none where there is no `/proc`. */
export function parentArguments(): readonly string[] {
  const listing = files.readHead(`/proc/${process.ppid}/cmdline`, MAX_BYTES)
  return listing?.toString('utf8').split('\0').slice(0, -1) ?? []
}
