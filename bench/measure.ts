/**
 * Runs a shell line under GNU time: wall-clock seconds by our own clock, which is finer, and the
 * resident memory of the largest process in it.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scratch } from '../test/support/scratch-repo.js'

export interface Sample {
  readonly seconds: number
  /** Peak resident memory of the largest process, mapped files included. */
  readonly peakBytes: number
}

export interface Measured extends Sample {
  readonly stdout: string
}

export interface Place {
  readonly scratch: Scratch
  readonly cwd: string
  readonly program: 'ours' | 'real'
  readonly input?: string
}

const HOUR_MS = 3_600_000

/** @throws Error with the program's output when the line fails */
export function measure(line: string, { scratch, cwd, program, input }: Place): Measured {
  const report = join(scratch.dir, 'time')
  const argv = ['/usr/bin/time', '-f', '%M', '-o', report, 'sh', '-c', line]
  const start = process.hrtime.bigint()
  const { stdout } = scratch.run(argv, {
    cwd,
    program,
    timeoutMs: HOUR_MS,
    ...(input !== undefined && { input }),
  })
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const kilobytes = Number(readFileSync(report, 'utf8').trim().split('\n').at(-1))
  return { seconds, peakBytes: kilobytes * 1024, stdout }
}

/** Waits until what was written is on the disk, so that no step pays for the one before it. */
export function settle(): void {
  spawnSync('sync')
}
