/** Programs that take over the terminal: found in PATH, run in the foreground. */
import { spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { type Bytes, bytesFromText, bytesToText } from '../model/bytes.js'
import * as files from './files.js'

/**
 * Finds a program as a shell would.
 * @param searchPath the value of PATH
 * @returns its path as text, or undefined
 */
export function findProgram(name: string, searchPath: string): string | undefined {
  return searchPath
    .split(':')
    .map((dir) => `${dir || '.'}/${name}`)
    .find((path) => isProgram(bytesFromText(path)))
}

/**
 * The names of all programs that begin alike, as a shell would find them.
 * @param searchPath the value of PATH
 * @returns sorted
 */
export function listPrograms(prefix: string, searchPath: string): string[] {
  const names = new Set<string>()
  for (const dir of searchPath.split(':'))
    for (const name of files
      .listDir(bytesFromText(dir || '.'))
      .map((entry) => bytesToText(entry.name)))
      if (name.startsWith(prefix) && isProgram(bytesFromText(`${dir || '.'}/${name}`)))
        names.add(name)
  return [...names].sort()
}

function isProgram(path: Bytes): boolean {
  const stat = files.stat(path)
  return stat?.isFile() === true && (Number(stat.mode) & 0o111) !== 0
}

export interface ForegroundOptions {
  /** Variables to set (or, when undefined, to unset) on top of our own environment. */
  readonly env?: Record<string, string | undefined>
  /** What it prints is thrown away. */
  readonly silent?: boolean
}

/**
 * Runs a program with our own input, output and error, and waits for it.
 * @returns its exit status; 128 + n for signal n, 127 when it could not be started
 */
export function runForeground(
  argv: readonly string[],
  { env, silent = false }: ForegroundOptions = {},
): number {
  const { status, signal, error } = spawnSync(argv[0]!, argv.slice(1), {
    stdio: silent ? ['inherit', 'ignore', 'ignore'] : 'inherit',
    ...(env && { env: { ...process.env, ...env } }),
  })
  if (error) return 127
  return status ?? 128 + (signal ? constants.signals[signal] : 0)
}
