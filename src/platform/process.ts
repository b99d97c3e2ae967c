/** Questions about processes. */

/** Whether a process of this machine is running (or is another user's). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Absolute path of the program that runs, as text: the compiled git-annex, or Node or Bun. */
export function executablePath(): string {
  return process.execPath
}
