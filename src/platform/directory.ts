/**
 * Names in a directory, without kinds: one call that answers alike on both runtimes (Bun knows no
 * `withFileTypes` together with names as bytes).
 */
import { readdirSync } from 'node:fs'
import { type Bytes, bytesFromBuffer, bytesToPath } from '../model/bytes.js'
import { isErrno } from '../model/errors.js'

/** The names in a directory, in no order; empty when it does not exist. */
export function listNames(path: Bytes): Bytes[] {
  try {
    const names = readdirSync(bytesToPath(path), { encoding: 'buffer' })
    return names.map((name) => bytesFromBuffer(name))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
