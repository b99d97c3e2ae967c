/** Questions about the terminal. Loading `node:tty` costs 5 ms of start-up, so ask the kernel first. */
import { fstat } from './files.js'
import { requireNative } from './runtime.js'

const DEFAULT_COLUMNS = 80

/** Whether an open file is a terminal. @param fd 1 for standard output */
export function isTerminal(fd: number): boolean {
  try {
    if (!fstat(fd).isCharacterDevice()) return false
  } catch {
    return false
  }
  return (requireNative('node:tty') as { isatty(fd: number): boolean }).isatty(fd)
}

/** Width of the terminal on standard output, in columns. */
export function terminalColumns(): number {
  return process.stdout.columns || DEFAULT_COLUMNS
}
