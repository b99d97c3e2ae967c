/**
 * Runs a shell line under GNU time: wall-clock seconds by our own clock, which is finer, and the
 * resident memory of the largest process in it; git's own is looked up while it runs.
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OUR_BIN, REAL_BIN, type Scratch } from '../test/support/scratch-repo.js'
import { notePeaks, type PeaksByName } from './process-peaks.js'

export interface Sample {
  readonly seconds: number
  /** Peak resident memory of the largest process, mapped files included. */
  readonly peakBytes: number
  /** The same of the largest process called git; 0 when none was seen. */
  readonly gitPeakBytes: number
}

export interface Measured extends Sample {
  readonly stdout: string
}

export interface Place {
  readonly scratch: Scratch
  readonly cwd: string
  readonly program: 'ours' | 'real'
}

/** Looking takes 0.1 ms. */
const LOOK_EVERY_MS = 25

/** @throws Error with the program's output when the line fails */
export async function measure(line: string, place: Place): Promise<Measured> {
  const { scratch, cwd, program } = place
  const [report, output] = [join(scratch.dir, 'time'), join(scratch.dir, 'output')]
  const peaks: PeaksByName = new Map()
  const bin = program === 'ours' ? OUR_BIN : REAL_BIN
  const outputs = [openSync(output, 'w'), openSync(`${output}.err`, 'w')]
  const start = process.hrtime.bigint()
  const child = spawn('/usr/bin/time', ['-f', '%M', '-o', report, 'sh', '-c', line], {
    cwd,
    env: { ...scratch.env, PATH: `${bin}:${process.env.PATH}` },
    stdio: ['ignore', ...outputs],
  })
  const timer = setInterval(() => notePeaks(child.pid!, peaks), LOOK_EVERY_MS)
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('exit', resolve)
    child.on('error', reject)
  })
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  clearInterval(timer)
  for (const fd of outputs) closeSync(fd)
  const stdout = readFileSync(output, 'utf8')
  if (status !== 0)
    throw new Error(`${line} exited ${status}\n${stdout}${readFileSync(`${output}.err`, 'utf8')}`)
  const kilobytes = Number(readFileSync(report, 'utf8').trim().split('\n').at(-1))
  return { seconds, peakBytes: kilobytes * 1024, gitPeakBytes: peaks.get('git') ?? 0, stdout }
}

/** Waits until what was written is on the disk, so that no step pays for the one before. */
export function settle(): void {
  spawnSync('sync')
}
