/** How much is to be done at once: `--jobs` and `annex.jobs` (spec: transfer, section 7). */
import type { GitConfig } from '../git/config.js'
import { AnnexError } from '../model/errors.js'
import { processorCount } from '../platform/process.js'

/**
 * How many jobs there are to be.
 * @param option the value of `--jobs`
 * @throws AnnexError CONFIG_INVALID
 */
export function countJobs(config: GitConfig | undefined, option?: number | 'cpus'): number {
  const value = option ?? config?.get('annex.jobs') ?? 1
  if (value === 'cpus' || value === 'cpu') return processorCount()
  if (/^[1-9]\d*$/.test(String(value))) return Number(value)
  throw new AnnexError('CONFIG_INVALID', `Bad number "${String(value)}" for "annex.jobs"`)
}

/** Does work on each item, so many at once; ends when all are done or one has thrown. */
export async function doAtOnce<T>(
  jobs: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]()
  const workThrough = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: jobs }, workThrough))
}
