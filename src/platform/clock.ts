/** A clock that nobody sets. */
import * as files from './files.js'

const MS_PER_SECOND = 1000

/**
 * Whole seconds since this machine was started, the time that it slept included. What a process
 * promises for a while by it holds for every other process on the machine.
 */
export function bootSeconds(): number {
  const text = files.readFile('/proc/uptime')?.toString('latin1')
  const seconds = Number.parseFloat(text ?? '')
  return Math.floor(Number.isNaN(seconds) ? performance.now() / MS_PER_SECOND : seconds)
}
