/** Running TypeScript in Bun: what only the executable's runtime can do is tested in a child process. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT, type Scratch } from './scratch-repo.js'

export const BUN = join(PROJECT, 'node_modules', '.bin', 'bun')

export interface BunRun {
  readonly status: number | null
  /** Of standard output. */
  readonly lines: string[]
}

/**
 * Runs a script to its end.
 * @param wrap a line of shell that gets Bun as `$0` and the script as `$1`
 */
export function runWithBun(scratch: Scratch, source: string, wrap?: string): BunRun {
  const script = scratch.path('script.ts')
  writeFileSync(script, source)
  const argv = wrap === undefined ? [BUN, 'run', script] : ['sh', '-c', wrap, BUN, script]
  const { status, stdout } = spawnSync(argv[0]!, argv.slice(1), { timeout: 60_000 })
  return { status, lines: stdout.toString().trim().split('\n') }
}
