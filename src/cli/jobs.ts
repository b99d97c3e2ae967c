/** How much is to be done at once: `--jobs` and `annex.jobs` (spec: transfer, section 7). */
import type { GitConfig } from '../git/config.js'
import { AnnexError } from '../model/errors.js'
import { processorCount } from '../platform/process.js'

/** For transfers that git waits for, and nobody typed an option for: most of their time is waiting. */
export const UNASKED_JOBS = 4

/**
 * How many jobs there are to be.
 * @param given option: the value of `--jobs`; otherwise: how many without that and annex.jobs
 * @throws AnnexError CONFIG_INVALID
 */
export function countJobs(
  config: GitConfig | undefined,
  given: { readonly option?: number | 'cpus' | undefined; readonly otherwise?: number } = {},
): number {
  const value = given.option ?? config?.get('annex.jobs') ?? given.otherwise ?? 1
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
