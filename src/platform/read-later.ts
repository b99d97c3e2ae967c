/** Reading from a pipe while everything else goes on. */
import * as fs from 'node:fs'
import { isErrno } from '../model/errors.js'
import { sleep } from './sleep.js'

/** How often a pipe that does not block is asked again. */
const POLL_MS = 5

/** Waits for bytes. @returns how many; 0 at the end */
export async function readLater(fd: number, buffer: Uint8Array): Promise<number> {
  for (;;) {
    try {
      return await readOnce(fd, buffer)
    } catch (error) {
      if (!isErrno(error, 'EAGAIN', 'EINTR')) throw error
      await sleep(POLL_MS)
    }
  }
}

function readOnce(fd: number, buffer: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, buffer, 0, buffer.length, null, (error, count) =>
      error ? reject(error) : resolve(count),
    )
  })
}
