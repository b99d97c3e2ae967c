/** What the processor can do, as the kernel tells. Linux only: elsewhere nothing is known. */
import * as files from './files.js'

/** More than enough for the first processor; the others are the same. */
const HEAD_BYTES = 8 << 10
const CPU_FILE = '/proc/cpuinfo'

/** Whether the processor encrypts AES by instructions of its own; false when that is not known. */
export function hasAesInstructions(): boolean {
  const text = files.readHead(CPU_FILE, HEAD_BYTES)?.toString('latin1') ?? ''
  return listsAes(text)
}

/** Whether text of the form of `/proc/cpuinfo`, of an x86 or an arm, lists AES instructions. */
export function listsAes(text: string): boolean {
  return /^(?:flags|Features)\s*:.*\saes(?:\s|$)/m.test(text)
}
