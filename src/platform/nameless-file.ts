/** A file without a name, for what passes through it: gone with the process, however that ends. */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let counter = 0

/**
 * Opens an empty file for reading and writing, in the directory for temporary files.
 * @returns to be closed by the caller; undefined where none can be made
 */
export function openNameless(): number | undefined {
  const random = Math.random().toString(36).slice(2)
  const path = join(tmpdir(), `git-annex-${process.pid}-${counter++}-${random}`)
  try {
    const fd = fs.openSync(path, 'wx+', 0o600)
    fs.unlinkSync(path)
    return fd
  } catch {
    return undefined
  }
}

/** All of an open file, wherever it was read or written last. */
export function readWhole(fd: number): Buffer {
  const buffer = Buffer.allocUnsafeSlow(fs.fstatSync(fd).size)
  let done = 0
  while (done < buffer.length) {
    const count = fs.readSync(fd, buffer, done, buffer.length - done, done)
    if (count === 0) break
    done += count
  }
  return buffer.subarray(0, done)
}
