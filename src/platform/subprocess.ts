/**
 * Child processes. Synchronous ones for the filter and other short questions to git (Bun's own call:
 * 1.3 ms where `node:child_process` under Bun takes 5 to 13), execa for everything that streams.
 */
import { spawnSync } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { execa as Execa } from 'execa'
import { startable } from './arguments.js'
import { openNameless, readWhole } from './nameless-file.js'
import { bun } from './runtime.js'

export interface RunOptions {
  /** Directory to run in, as text; default: ours. */
  readonly cwd?: string
  /** Variables to set (or, when undefined, to unset) on top of our own environment. */
  readonly env?: Record<string, string | undefined>
  readonly input?: Uint8Array
  /** `inherit` lets the child's messages through to the user; default `pipe`. */
  readonly stderr?: 'pipe' | 'inherit' | 'ignore'
  /**
   * It writes its output in thousands of small pieces: a file takes them, where a pipe would wake us
   * for each (10,000 objects from git: 25 ms instead of 57).
   */
  readonly writesInPieces?: boolean
}

export interface RunResult {
  /** 0 to 255; 127 when the program could not be started, 128 + n for signal n. */
  readonly status: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** Runs a program to its end, without a shell. Never throws for its exit status. */
export function runSync(argv: readonly [string, ...string[]], options: RunOptions = {}): RunResult {
  const fd = options.writesInPieces ? openNameless() : undefined
  if (fd === undefined) return run(argv, options, 'pipe')
  try {
    const result = run(argv, options, fd)
    if (result.status === 0) return { ...result, stdout: readWhole(fd) }
  } finally {
    closeSync(fd)
  }
  // Perhaps because there was no room for the file.
  return run(argv, options, 'pipe')
}

/** @param stdout where its output goes; to a file: the result has none */
function run(
  argv: readonly [string, ...string[]],
  options: RunOptions,
  stdout: 'pipe' | number,
): RunResult {
  const env = options.env ? { ...process.env, ...options.env } : process.env
  const stderr = options.stderr ?? 'pipe'
  const start = startable(argv, options.cwd)
  if (bun) {
    try {
      const child = bun.spawnSync({
        cmd: [...start.argv],
        ...(start.cwd !== undefined && { cwd: start.cwd }),
        env,
        stdin: options.input ?? 'ignore',
        stdout,
        stderr,
      })
      return {
        status: child.exitCode ?? 128,
        stdout: child.stdout ?? Buffer.alloc(0),
        stderr: child.stderr ?? Buffer.alloc(0),
      }
    } catch (error) {
      return { status: 127, stdout: Buffer.alloc(0), stderr: Buffer.from(String(error)) }
    }
  }
  const child = spawnSync(start.argv[0], start.argv.slice(1), {
    ...(start.cwd !== undefined && { cwd: start.cwd }),
    env,
    input: options.input,
    stdio: [options.input ? 'pipe' : 'ignore', stdout, stderr],
    maxBuffer: Number.MAX_SAFE_INTEGER,
  })
  return {
    status: child.error ? 127 : (child.status ?? 128),
    stdout: child.stdout ?? Buffer.alloc(0),
    stderr: child.stderr ?? Buffer.alloc(0),
  }
}

/** execa, loaded on first use: 22 ms of start-up that a filter or a hook must not pay. */
export async function loadExeca(): Promise<typeof Execa> {
  return (await import('execa')).execa
}
