/** Naming the file in errors of calls that only know a descriptor. */
import { type Bytes, bytesToText } from '../model/bytes.js'

/** Runs work on an open file; an error of a system call gets its path. */
export function naming<T>(path: Bytes, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw Object.assign(error as object, { path: bytesToText(path) })
  }
}
