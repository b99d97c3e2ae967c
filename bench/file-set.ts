/** The files that a workload is about: their content can be told from their number and seed. */
import { createHash, randomFillSync } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const CHUNK = 1 << 20
const FILES_PER_DIR = 100

export class FileSet {
  readonly paths: readonly string[]
  readonly #sizeBytes: number
  readonly #digests = new Map<string, string>()

  /** @param sizeBytes of each file; contents are random, so that nothing compresses */
  constructor(count: number, sizeBytes: number) {
    this.#sizeBytes = sizeBytes
    this.paths = Array.from(
      { length: count },
      (_, i) => `d${Math.floor(i / FILES_PER_DIR)}/f${i}.dat`,
    )
  }

  write(dir: string): void {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, this.#sizeBytes))
    for (const path of this.paths) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      const fd = openSync(join(dir, path), 'w')
      const hash = createHash('sha1')
      for (let left = this.#sizeBytes; left > 0; left -= chunk.length) {
        const part = randomFillSync(chunk).subarray(0, Math.min(left, chunk.length))
        writeSync(fd, part)
        hash.update(part)
      }
      closeSync(fd)
      this.#digests.set(path, hash.digest('hex'))
    }
  }

  /** @throws Error naming the first file that differs from what was written */
  verify(dir: string): void {
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (const path of this.paths) {
      const file = join(dir, path)
      const hash = createHash('sha1')
      const fd = openSync(file, 'r')
      for (;;) {
        const count = readSync(fd, buffer)
        if (count === 0) break
        hash.update(buffer.subarray(0, count))
      }
      closeSync(fd)
      if (hash.digest('hex') !== this.#digests.get(path))
        throw new Error(`${file} (${statSync(file).size} bytes) does not have its content`)
    }
  }

  /** Gives every file a new modification time and leaves its content. */
  touch(dir: string): void {
    const now = Date.now() / 1000
    for (const path of this.paths) utimesSync(join(dir, path), now, now)
  }

  /**
   * Takes all files out of a directory. They are not removed: ext4 without a journal goes over every
   * inode that was freed in the last minutes whenever it makes a new one (0.5 ms instead of 0.02).
   * @param trash a directory on the same file system, which is made
   */
  moveAway(dir: string, trash: string): void {
    mkdirSync(trash, { recursive: true })
    for (const [i, path] of this.paths.entries()) renameSync(join(dir, path), join(trash, `${i}`))
  }
}
