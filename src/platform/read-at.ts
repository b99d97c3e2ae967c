/** Reading an open file at places of the caller's choice. */
import * as fs from 'node:fs'

/** One read at an offset from the start; the current position stays. @returns 0 at the end */
export function readAt(fd: number, buffer: Uint8Array, offset: number): number {
  return fs.readSync(fd, buffer, 0, buffer.length, offset)
}
