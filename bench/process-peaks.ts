/** The resident memory of each program below a process, by name: git's own apart from its filter's. */
import { readFileSync } from 'node:fs'

/** The largest resident size of any process of a name, in bytes. */
export type PeaksByName = Map<string, number>

/**
 * Looks at a process and its descendants once. The kernel keeps each one's peak, so that only what
 * grows between the last look and the end is missed.
 * @param peaks is raised to what was found
 */
export function notePeaks(pid: number, peaks: PeaksByName): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const name = /^Name:\t(.*)$/m.exec(status)?.[1] ?? ''
    const peakBytes = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
    peaks.set(name, Math.max(peakBytes, peaks.get(name) ?? 0))
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
    for (const child of children === '' ? [] : children.split(' ')) notePeaks(Number(child), peaks)
  } catch {
    // It has ended meanwhile; on a system without /proc nothing is known.
  }
}
