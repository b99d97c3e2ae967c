/** Putting off the signals that would end us in the middle of something. */

const DEADLY = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs synchronous work that must not be cut short by Ctrl-C or a polite kill, such as a change under
 * git's `index.lock`. A signal that arrives meanwhile takes effect when the event loop turns again.
 * @param work at most some tenths of a second long
 */
export function deferSignals<T>(work: () => T): T {
  const added: [name: NodeJS.Signals, raise: () => void][] = []
  for (const name of DEADLY) {
    // Somebody who listens already keeps the signal from ending us.
    if (process.listenerCount(name) > 0) continue
    const raise = () => {
      process.removeListener(name, raise)
      process.kill(process.pid, name)
    }
    process.on(name, raise)
    added.push([name, raise])
  }
  try {
    return work()
  } finally {
    // Not before the loop has looked for signals: removing a listener forgets what is pending.
    if (added.length > 0)
      setImmediate(() => {
        for (const [name, raise] of added) process.removeListener(name, raise)
      })
  }
}
