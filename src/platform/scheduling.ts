/** How the scheduler is to treat us. */
import { libcFunctions } from './libc.js'

/** Policy "batch", for this thread only: children and further threads get the usual one. */
const SCHED_BATCH = 3
const SCHED_RESET_ON_FORK = 0x40000000
const THIS_THREAD = 0

interface Libc {
  sched_setscheduler(pid: number, policy: number, param: Uint8Array): number
}

const libc = libcFunctions<Libc>({
  sched_setscheduler: { args: ['i32', 'i32', 'ptr'], returns: 'i32' },
})

/**
 * Lets whoever wakes us go on until he waits himself: a pipe's writer that puts a request together
 * from several small writes would otherwise be interrupted by us at each of them, when both share a
 * processor. Our share of the processor stays the same, and with other programs busy on all of them a
 * checkout takes no longer (measured). Does nothing where the system cannot.
 * @returns whether it was done
 */
export function letWakersGoOn(): boolean {
  // A struct of one number, the priority, which must be 0.
  const param = new Uint8Array(4)
  const policy = SCHED_BATCH | SCHED_RESET_ON_FORK
  return libc()?.sched_setscheduler(THIS_THREAD, policy, param) === 0
}
