/** Copying and comparing whole files. */
import * as fs from 'node:fs'
import { type Bytes, bytesToPath } from '../model/bytes.js'
import * as files from './files.js'

const COMPARE_BYTES = 1 << 18

/**
 * Copies a file's content to a new file: a reflink where the file system can, else in the kernel.
 * @param to must not exist
 */
export function copyFile(from: Bytes, to: Bytes): void {
  const { COPYFILE_EXCL, COPYFILE_FICLONE } = fs.constants
  fs.copyFileSync(bytesToPath(from), bytesToPath(to), COPYFILE_EXCL | COPYFILE_FICLONE)
}

/** Whether two files have the same bytes. @throws when one cannot be read */
export function haveSameContent(a: Bytes, b: Bytes): boolean {
  const fdA = files.open(a, 'r')
  const fdB = files.open(b, 'r')
  try {
    if (files.fstat(fdA).size !== files.fstat(fdB).size) return false
    const chunkA = Buffer.allocUnsafe(COMPARE_BYTES)
    const chunkB = Buffer.allocUnsafe(COMPARE_BYTES)
    for (;;) {
      const count = files.readFully(fdA, chunkA)
      if (files.readFully(fdB, chunkB) !== count) return false
      if (!chunkA.subarray(0, count).equals(chunkB.subarray(0, count))) return false
      if (count < COMPARE_BYTES) return true
    }
  } finally {
    files.close(fdA)
    files.close(fdB)
  }
}
