/** Starting over in the same process with another environment: some settings the engine reads only there. */
import { bytesToBuffer } from '../model/bytes.js'
import * as files from './files.js'
import { addressOf, libcFunctions } from './libc.js'

interface Libc {
  setenv(name: Uint8Array, value: Uint8Array, overwrite: number): number
  execv(path: Uint8Array, words: BigUint64Array): number
}

const libc = libcFunctions<Libc>({
  setenv: { args: ['ptr', 'ptr', 'i32'], returns: 'i32' },
  execv: { args: ['ptr', 'ptr'], returns: 'i32' },
})

/**
 * Runs this program once more, from its first line, with the same arguments and one variable more. To be
 * called before anything was read, written or started. Linux and Bun only.
 * @returns only when that cannot be done
 */
export function restartWith(name: string, value: string): void {
  const functions = libc()
  const program = files.readLink('/proc/self/exe')
  const commandLine = files.readFile('/proc/self/cmdline')
  if (!functions || program === undefined || !commandLine) return
  const words = wordsOf(commandLine)
  functions.setenv(Buffer.from(`${name}\0`), Buffer.from(`${value}\0`), 1)
  functions.execv(bytesToBuffer(`${program}\0`), words)
}

/** Pointers to words that end with NUL each, and a last one to nothing. */
function wordsOf(commandLine: Buffer): BigUint64Array {
  const start = addressOf(commandLine)
  const words: bigint[] = []
  for (let at = 0; at < commandLine.length; at = commandLine.indexOf(0, at) + 1)
    words.push(BigInt(start + at))
  return BigUint64Array.of(...words, 0n)
}
